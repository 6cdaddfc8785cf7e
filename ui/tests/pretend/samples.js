// Small pictures and sounds made here, so that nothing is fetched: named as the media store would name them.

const picture = (w, h, from, to, body = "") => "data:image/svg+xml," + encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">
    <defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient></defs>
    <rect width="${w}" height="${h}" fill="url(#g)"/>${body}</svg>`,
);
const hills = (w, h) => `<circle cx="${w * 0.72}" cy="${h * 0.3}" r="${h * 0.11}" fill="#ffe7b0"/>
  <path d="M0 ${h} L0 ${h * 0.7} Q${w * 0.25} ${h * 0.42} ${w * 0.5} ${h * 0.66} T${w} ${h * 0.6} L${w} ${h} Z" fill="#0b5460" opacity=".75"/>
  <path d="M0 ${h} L0 ${h * 0.86} Q${w * 0.35} ${h * 0.62} ${w * 0.62} ${h * 0.82} T${w} ${h * 0.78} L${w} ${h} Z" fill="#083f49"/>`;
const face = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><circle cx="50" cy="50" r="46" fill="#ffc94d"/>
  <circle cx="34" cy="42" r="6" fill="#5b3a00"/><circle cx="66" cy="42" r="6" fill="#5b3a00"/><path d="M28 60a24 20 0 0 0 44 0z" fill="#5b3a00"/></svg>`;

/// A tone that rises and falls, as a WAV of 8-bit samples.
function wav(seconds, rate = 8000) {
  const n = seconds * rate, bytes = new Uint8Array(44 + n), view = new DataView(bytes.buffer);
  const word = (at, text) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  word(0, "RIFF"); view.setUint32(4, 36 + n, true); word(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, rate, true); view.setUint32(28, rate, true); view.setUint16(32, 1, true); view.setUint16(34, 8, true);
  word(36, "data"); view.setUint32(40, n, true);
  for (let i = 0; i < n; i++) bytes[44 + i] = 128 + Math.round(Math.sin(i / 9) * 40 * Math.sin(i / rate));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return "data:audio/wav;base64," + btoa(text);
}

const named = (n) => String(n).padStart(64, "0");
const made = {
  wide: picture(1200, 800, "#f6b26b", "#3fb6c0", hills(1200, 800)), tall: picture(600, 1100, "#7cc7d0", "#f2d7a6", hills(600, 1100)),
  square: picture(800, 800, "#d8b4e2", "#3fb6c0", hills(800, 800)), dusk: picture(1000, 700, "#31456b", "#e58c6b", hills(1000, 700)),
  leaf: picture(700, 900, "#9fd38d", "#2c7a5b", hills(700, 900)), sticker: "data:image/svg+xml," + encodeURIComponent(face), voice: wav(12), song: wav(4),
};
const names = Object.keys(made);

/// The content hash under which a sample is kept.
export const sample = (name) => named(names.indexOf(name) + 1);
const byHash = new Map(names.map((name) => [sample(name), made[name]]));

/// Where the file of a content hash can be loaded from.
export const media = (hash) => byHash.get(hash) ?? `/media/${hash}`;
