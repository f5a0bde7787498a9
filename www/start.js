// Unpacks the program that the page carries and starts it. Nothing is fetched: the page is all there is.
"use strict";
const checkup = {
  // What was dropped before the program could take it.
  early: [],
  // What connects the program and the browser, for the page and its workers.
  glue: "",
  text: id => document.getElementById(id).textContent,
  // Undoes what xtask/src/build.rs does: two characters are thirteen bits, a last one is six.
  bytes(id) {
    const text = checkup.text(id), value = new Uint8Array(128);
    let next = 0;
    for (let code = 33; code < 127; code++) if (code !== 38 && code !== 60 && code !== 92) value[code] = next++;
    const bytes = new Uint8Array((text.length >> 1) * 13 + text.length % 2 * 6 >> 3);
    for (let i = 0, o = 0, bits = 0, count = 0; i < text.length; i += 2) {
      const first = value[text.charCodeAt(i)], pair = i + 1 < text.length;
      bits = pair ? bits << 13 | first * 91 + value[text.charCodeAt(i + 1)] : bits << 6 | first;
      for (count += pair ? 13 : 6; count >= 8;) bytes[o++] = bits >> (count -= 8);
    }
    return bytes;
  },
  unpack: id => checkup.unzip(checkup.bytes(id)),
  // The program is packed tighter than browsers know to: a small one before it unpacks it.
  async program() {
    const { instance } = await WebAssembly.instantiate(await checkup.unpack("unpack"));
    const packed = checkup.bytes("wasm"), { memory, room, unpack, unpacked } = instance.exports, at = room(packed.length);
    new Uint8Array(memory.buffer).set(packed, at);
    const length = unpack();
    return WebAssembly.compile(new Uint8Array(memory.buffer, unpacked(), length));
  },
  unzip: bytes => new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer(),
  // What people added to this copy of the page: [path, text] of each article and rule, or null.
  async added() {
    if (!document.getElementById("added")) return null;
    const bytes = Uint8Array.from(atob(checkup.text("added")), letter => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(await checkup.unzip(bytes)));
  },
  // A copy of this page that carries what was added, as a file to keep.
  async copy(added) {
    const packed = new Blob([JSON.stringify(added)]).stream().pipeThrough(new CompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
    let text = "";
    for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    const page = document.documentElement.cloneNode(true);
    page.querySelector("#app").innerHTML = '<p class="starting">Starting…</p>';
    page.querySelector("#added")?.remove();
    const script = document.createElement("script");
    script.type = "text/plain";
    script.id = "added";
    script.textContent = btoa(text);
    page.querySelector("#sample").after(script);
    return new Blob(["<!DOCTYPE html>\n", page.outerHTML], { type: "text/html" });
  },
  // Keeps what was added in this browser, or with null forgets it.
  async keep(added) {
    const store = (await checkup.database()).transaction("added", "readwrite").objectStore("added");
    return checkup.done(added ? store.put(added, "sources") : store.delete("sources"));
  },
  // What is kept in this browser, or null.
  async kept() {
    const store = (await checkup.database()).transaction("added").objectStore("added");
    return (await checkup.done(store.get("sources"))) ?? null;
  },
  database() {
    const request = indexedDB.open("evtx-checkup", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("added");
    return checkup.done(request);
  },
  done: request => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }),
  // The files of a drop, with those in folders; each knows its path. The items must be asked before anything is awaited.
  async dropped(transfer) {
    const roots = [...transfer.items].filter(item => item.kind === "file").map(item => {
      const file = item.getAsFile();
      // Browsers look at the disk to tell folders from files, so what is called a log is taken for one.
      const entry = file && /\.(evtx?|xml|zip|gz|mta)$/i.test(file.name) ? null : item.webkitGetAsEntry?.();
      return { file, entry, handle: entry?.isDirectory ? item.getAsFileSystemHandle?.() : undefined };
    });
    if (!roots.length) return [...transfer.files];
    const files = [];
    for (const { file, entry, handle } of roots) {
      if (!entry?.isDirectory) { if (file) files.push(file); }
      // Chromium reads folders of a page opened from disk only by their handle, Firefox only by their entry.
      else if (handle) await checkup.walkHandle(await handle, entry.name, files, 0);
      else await checkup.walkEntry(entry, entry.name, files, 0);
    }
    return files;
  },
  async walkHandle(folder, path, files, depth) {
    if (depth > 32) return;
    for await (const handle of folder.values()) {
      const own = path + "/" + handle.name;
      if (handle.kind === "directory") await checkup.walkHandle(handle, own, files, depth + 1);
      else files.push(Object.assign(await handle.getFile(), { droppedPath: own }));
    }
  },
  async walkEntry(folder, path, files, depth) {
    if (depth > 32) return;
    const reader = folder.createReader();
    for (;;) {
      const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!entries.length) return;
      for (const entry of entries) {
        const own = path + "/" + entry.name;
        if (entry.isDirectory) await checkup.walkEntry(entry, own, files, depth + 1);
        else files.push(Object.assign(await new Promise((resolve, reject) => entry.file(resolve, reject)), { droppedPath: own }));
      }
    }
  },
  sample: async () => new File([await checkup.unpack("sample")], "Sample.evtx"),
  // From here on the program takes what is dropped.
  takeOver() {
    removeEventListener("dragover", checkup.hold);
    removeEventListener("drop", checkup.hold);
    return checkup.early.splice(0);
  },
  hold(event) {
    event.preventDefault();
    if (event.type === "drop") checkup.early.push(...event.dataTransfer.files);
  },
};
addEventListener("dragover", checkup.hold);
addEventListener("drop", checkup.hold);
// Light or dark, where somebody chose it: before anything is drawn. Not every browser keeps anything for a file.
try { document.documentElement.dataset.theme = localStorage.getItem("theme") ?? ""; } catch {}
(async () => {
  // A page that was saved while it showed results starts clean.
  document.getElementById("app").replaceChildren();
  checkup.glue = new TextDecoder().decode(await checkup.unpack("glue"));
  const script = document.createElement("script");
  script.textContent = checkup.glue;
  document.head.append(script);
  // It has run, and a copy of this page brings its own.
  script.remove();
  await wasm_bindgen({ module_or_path: await checkup.program() });
})().catch(error => {
  const app = document.getElementById("app");
  app.textContent = "This browser cannot run the program in this page (" + error + "). Any current Chromium, Edge, Firefox or Safari can.";
  app.className = "starting";
});
