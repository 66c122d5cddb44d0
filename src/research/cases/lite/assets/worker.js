// Python beside the page, so that the page stays awake: it loads, opens one bundle, and runs one cell at a time.
/* global importScripts, loadPyodide */
importScripts("pyodide/pyodide.js");
let run = null;

function tell(kind, value) { postMessage({ kind: kind, value: value }); }

async function bytes(address) {
  const got = await fetch(address);
  if (!got.ok) { throw new Error(address + " " + got.status); }
  return new Uint8Array(await got.arrayBuffer());
}

async function open(bundle, packages) {
  tell("loading", "core");
  const py = await loadPyodide({ indexURL: "pyodide/" });
  tell("loading", "packages");
  await py.loadPackage(packages, { messageCallback: function () {}, errorCallback: function (text) { throw new Error(text); } });
  tell("loading", "bundle");
  for (const [address, path] of [["python.zip", "/python.zip"], [bundle, "/bundle.zip"], ["replay.py", "/home/replay.py"]]) {
    if (path.startsWith("/home")) { py.FS.mkdirTree("/home"); }
    py.FS.writeFile(path, await bytes(address));
  }
  py.runPython("import sys, zipfile\nzipfile.ZipFile('/python.zip').extractall('/extra')\nsys.path[:0] = ['/home', '/extra']\nimport replay");
  run = py.runPython("replay.run");
  tell("opened", JSON.parse(py.runPython("replay.begin('/bundle.zip')")));
}

onmessage = function (e) {
  if (e.data.open) { open(e.data.open, e.data.packages).catch(function (error) { tell("failed", String(error)); }); return; }
  try { tell("ran", Object.assign({ number: e.data.number }, JSON.parse(run(e.data.number, e.data.source)))); }
  catch (error) { tell("ran", { number: e.data.number, error: String(error) }); }
};
