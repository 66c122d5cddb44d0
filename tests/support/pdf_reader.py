"""Enough of a PDF reader to look at a file's objects: for tests of what ISO 19005-2 (PDF/A-2) asks for."""

import re
import zlib

OBJECT = re.compile(rb"(?<!\d)(\d+) 0 obj\b(.*?)\bendobj", re.S)


def objects(data):
    """Each object's dictionary as bytes, by number, and the streams that can be unpacked."""
    found, streams = {}, {}
    for number, body in OBJECT.findall(data):
        head, _, rest = body.partition(b"stream")
        number = int(number)
        found[number] = head
        if not rest:
            continue
        content = rest.lstrip(b"\r").removeprefix(b"\n").rpartition(b"endstream")[0]
        if b"/FlateDecode" in head:
            content = zlib.decompressobj().decompress(content)
        streams[number] = content
        if b"/ObjStm" in head:
            found.update(_packed(head, content))
    return found, streams


def _packed(head, content):
    """The objects of an object stream."""
    count, first = (int(re.search(rb"/%b (\d+)" % key, head)[1]) for key in (b"N", b"First"))
    numbers = [int(n) for n in content[:first].split()[: 2 * count]]
    starts = [*numbers[1::2], len(content) - first]
    return {n: content[first + a : first + b] for n, a, b in zip(numbers[::2], starts, starts[1:], strict=False)}


def followed(found, text, key):
    """The value of a key that is given in place or by reference."""
    value = re.search(rb"/%b\s*(\d+) 0 R" % key, text)
    return found[int(value[1])] if value else text.partition(b"/" + key)[2]
