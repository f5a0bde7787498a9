// Unpacks the program that the page carries and starts it. Nothing is fetched: the page is all there is.
"use strict";
const checkup = {
  // What was dropped before the program could take it.
  early: [],
  text: id => document.getElementById(id).textContent,
  unpack(id) {
    const packed = atob(checkup.text(id));
    const bytes = new Uint8Array(packed.length);
    for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
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
(async () => {
  // A page that was saved while it showed results starts clean.
  document.getElementById("app").replaceChildren();
  await wasm_bindgen({ module_or_path: await WebAssembly.compile(await checkup.unpack("wasm")) });
})().catch(error => {
  const app = document.getElementById("app");
  app.textContent = "This browser cannot run the program in this page (" + error + "). Any current Chromium, Edge, Firefox or Safari can.";
  app.className = "starting";
});
