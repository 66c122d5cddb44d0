"""What the system refuses beyond files: the network, new programs, other processes, and ways around the fence.

The rules are loaded by libseccomp, which Debian's own package manager needs and so has everywhere; the filter
binds this process for good. Threads stay possible. Where the library is missing nothing is refused, and the
caller is told so.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import os
import socket
import sys

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
EQUAL, MASKED = 4, 7  # comparisons of libseccomp
NEW_THREAD = 0x00010000  # CLONE_THREAD
PROGRAMS = ("execve", "execveat", "fork", "vfork")
OTHERS = (
    "kill",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "pidfd_open",
    "pidfd_send_signal",
    "pidfd_getfd",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "kcmp",
    "setpriority",
    "ioprio_set",
)
SYSTEM = (
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "unshare",
    "setns",
    "mount",
    "umount2",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsmount",
    "pivot_root",
    "chroot",
    "add_key",
    "request_key",
    "keyctl",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "reboot",
    "swapon",
    "swapoff",
    "sethostname",
    "setdomainname",
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "syslog",
    "acct",
    "quotactl",
    "personality",
    "open_by_handle_at",
    "name_to_handle_at",
    "fanotify_init",
    "truncate",
    "mknod",
    "mknodat",
)
UNCHANGED = (
    "chmod",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "utime",
    "utimes",
    "utimensat",
    "futimesat",
    "setxattr",
    "lsetxattr",
    "fsetxattr",
    "removexattr",
    "lremovexattr",
    "fremovexattr",
)
"""Rights, owners and times of files: the call seems to succeed, as libraries set them in passing, and does nothing."""


class _Compare(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def library() -> ctypes.CDLL | None:
    """The system's libseccomp; None where it is missing or the system is no Linux.

    Returns
    -------
    ctypes.CDLL or None

    Examples
    --------
    >>> library() is None or hasattr(library(), "seccomp_load")
    True
    """
    if not sys.platform.startswith("linux"):
        return None
    for name in ("libseccomp.so.2", ctypes.util.find_library("seccomp") if _may_search() else None):
        try:
            found = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if found is not None:
            return _typed(found)
    return None


def confine() -> list[str]:
    """Refuse the network, new programs and other processes to this process, for good.

    Returns
    -------
    list of str
        What holds from now on: `network`, `programs`; empty where the system has no means for it.
    """
    seccomp = library()
    if seccomp is None or not (rules := seccomp.seccomp_init(ALLOW)):
        return []
    try:
        seccomp.seccomp_attr_set(rules, 3, 1)  # no new privileges
        for name in (*PROGRAMS, *OTHERS, *SYSTEM, "connect"):
            _refuse(seccomp, rules, name, errno.EPERM)
        for name in UNCHANGED:
            _refuse(seccomp, rules, name, 0)
        _refuse(seccomp, rules, "clone3", errno.ENOSYS)  # its flags cannot be read here: threads fall back to clone
        _refuse(seccomp, rules, "clone", errno.EPERM, (0, MASKED, NEW_THREAD, 0))
        for family in range(64):
            if family != socket.AF_UNIX:  # "not supported" is the one answer on which ZeroMQ does not abort
                _refuse(seccomp, rules, "socket", errno.EOPNOTSUPP, (0, EQUAL, family, 0))
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):  # no word to the system's log either
            _refuse(seccomp, rules, "socket", errno.EOPNOTSUPP, (1, MASKED, 0xF, kind))
        for option in (0x5412, 0x541C):  # TIOCSTI, TIOCLINUX: typing into the user's terminal
            _refuse(seccomp, rules, "ioctl", errno.EPERM, (1, EQUAL, option, 0))
        _refuse(seccomp, rules, "tgkill", errno.EPERM, (0, 1, os.getpid(), 0))  # 1: unlike; its own threads stay
        return ["network", "programs"] if seccomp.seccomp_load(rules) == 0 else []
    finally:
        seccomp.seccomp_release(rules)


def _refuse(seccomp, rules, name, number, compare=None):
    """Answer one system call with an error (0: with success, undone); unknown names are none of this machine's."""
    call = seccomp.seccomp_syscall_resolve_name(name.encode())
    if call < 0:
        return
    conditions = (_Compare * 1)(_Compare(*compare)) if compare else (_Compare * 1)()
    done = seccomp.seccomp_rule_add_array(rules, ERRNO | number, call, 1 if compare else 0, conditions)
    if done != 0:
        raise OSError(-done, f"no rule for {name}: {os.strerror(-done)}")


def _may_search():
    """`find_library` starts programs; it is asked only where that is still possible and the usual name fails."""
    return not os.path.exists("/etc/debian_version")


def _typed(seccomp):
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_init.argtypes = [ctypes.c_uint32]
    seccomp.seccomp_load.argtypes = seccomp.seccomp_release.argtypes = [ctypes.c_void_p]
    seccomp.seccomp_release.restype = None
    seccomp.seccomp_attr_set.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32]
    seccomp.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    seccomp.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_void_p,
    ]
    return seccomp
