// One conversation that holds every kind of message once (`?pretend=kinds`, conversation 900), for view tests and pictures.
import { sample } from "./samples.js";
import { DAY, HOUR, MINUTE, failures, refresh } from "./world.js";

const ID = 900;
let files = 1;

const attachment = (kind, more = {}) => ({
  id: files++, kind, name: "", mime: "", file: null, thumbnail: null, state: "none", link: null, link_ends_at: null,
  card: null, bytes: null, size: null, length_ms: null, waveform: [], ...more,
});
const kept = (kind, mime, name, more = {}) => attachment(kind, { mime, file: sample(name), state: "kept", ...more });
const picture = (name, size) => kept("image", "image/jpeg", name, { size, bytes: 240_000 });
const wave = Array.from({ length: 64 }, (_, i) => Math.round(20 + 200 * Math.abs(Math.sin(i / 3.1) * Math.cos(i / 11))));

/// What each message says, oldest first; `gap` is the time since the one before.
function said(now) {
  const media = (what, attachments, more = {}) => ({ content: { kind: "placeholder", what, text: more.text ?? "" }, attachments, ...more });
  const words = (text, more = {}) => ({ content: { kind: "text", text }, ...more });
  const ours = { direction: "outbound", origin: "heliograph", status: "read" };
  const happened = (activity, more = {}) => ({ content: { kind: "activity", activity }, direction: "outbound", origin: "heliograph", status: "received", gap: 5000, ...more });
  const post = (kind, title, link, link_ends_at = null) => attachment(kind, { link, link_ends_at, card: { card: "post", title } });
  const missing = (kind, state, more = {}) => attachment(kind, { state, ...more });
  return [
    words("Hello! I saw your lamp in the ad and would love to know more.", { detail: { referral: { ad: true, title: "Handmade lamps, made in Porto", link: "https://www.facebook.com/1234", reference: "spring-lamps" } } }),
    media("Photo", [picture("wide", [1200, 800])]),
    media("Photo", [picture("tall", [600, 1100])], { text: "This is the corner it should stand in. Do you think that it is too tall there?" }),
    media("Photos", [picture("wide", [1200, 800]), picture("square", [800, 800]), picture("dusk", [1000, 700])]),
    media("Photos", [picture("leaf", [700, 900]), picture("dusk", [1000, 700]), picture("square", [800, 800]), picture("wide", [1200, 800])], { ...ours, text: "Four that we have here now:" }),
    media("Photo", [missing("image", "waiting", { size: [1200, 800] })], { tag: "waiting" }),
    media("Photo", [missing("image", "expired")]),
    media("File", [missing("document", "refused", { name: "invoice.pdf.exe" })]),
    media("Video", [missing("video", "too_large", { bytes: 84_000_000 })]),
    media("Photo", [{ ...missing("image", "evicted"), again: true }]),
    media("Video", [kept("video", "video/mp4", "wide", { thumbnail: sample("dusk"), size: [1280, 720], length_ms: 14_000 })]),
    media("Voice message", [kept("voice", "audio/wav", "voice", { length_ms: 12_000, waveform: wave })], { tag: "voice" }),
    media("Voice message", [kept("voice", "audio/wav", "voice", { length_ms: 12_000, waveform: wave })], { ...ours }),
    media("Audio", [kept("audio", "audio/wav", "song", { name: "Lamp, switched on.wav", length_ms: 4_000 })]),
    media("File", [kept("document", "application/pdf", "wide", { name: "Delivery terms and conditions, spring.pdf", bytes: 482_000 })], { ...ours }),
    media("Sticker", [kept("sticker", "image/webp", "sticker", { size: [512, 512] })], { gap: 6 * MINUTE }),
    media("Heart", [attachment("like_heart")]),
    media("Location", [attachment("location", { card: { card: "place", latitude: 41.14961, longitude: -8.61099, name: "Livraria Lello", address: "Rua das Carmelitas 144, Porto" } })]),
    media("Contact", [attachment("contacts", { card: { card: "person", name: "Inês Carvalho", phones: ["+351 912 345 678"], emails: ["ines@lamps.example"], organisation: "Carvalho Iluminação" } })]),
    media("Order", [attachment("order", { card: { card: "order", note: "Please wrap the small ones.", lines: [
      { name: "Lamp No. 3, brass", quantity: 1, price: "149.00", currency: "EUR" }, { name: "Bulb, warm white", quantity: 3, price: "6.50", currency: "EUR" }] } })]),
    media("Card", [attachment("template", { card: { card: "panels", panels: [
      { title: "Lamp No. 3", text: "Brass, 48 cm. In stock.", footer: "", buttons: [{ title: "See it", link: "https://lamps.example/3" }, { title: "Reserve", link: null }] },
      { title: "Lamp No. 5", text: "Oak, 62 cm. Two weeks.", footer: "", buttons: [{ title: "See it", link: "https://lamps.example/5" }] },
      { title: "Lamp No. 8", text: "Ceramic, 30 cm.", footer: "", buttons: [{ title: "See it", link: "https://lamps.example/8" }] }] } })], { ...ours, origin: "elsewhere", detail: { app: "1217981644879628" } }),
    media("Card", [attachment("template", { card: { card: "panels", panels: [{ title: "Your order is on its way", text: "It arrives on Thursday between 9 and 12.", footer: "Reply STOP to hear no more", buttons: [{ title: "Track", link: "https://track.example/1" }] }] } })], { ...ours }),
    media("Shared post", [post("ig_post", "Five lamps for small rooms", "https://www.instagram.com/p/abc/")]),
    media("Shared reel", [post("ig_reel", "How the shade is made", "https://cdn.example/reel", now - DAY)]),
    media("Mentioned you in a story", [attachment("story_mention", { link: "https://cdn.example/story", link_ends_at: now + 9 * HOUR })]),
    media("Mentioned you in a story", [attachment("story_mention", { link: "https://cdn.example/story", link_ends_at: now - HOUR })], { tag: "story-gone" }),
    words("Where is this one from?", { quote: { of: "story", link: "https://cdn.example/story", ends_at: now + 3 * HOUR } }),
    words("And this one?", { quote: { of: "story", link: "https://cdn.example/story", ends_at: now - 3 * HOUR } }),
    words("We make it ourselves, in the workshop behind the shop.", { ...ours, quoting: 0, reactions: [{ emoji: "❤️", from_us: false }, { emoji: "👍", from_us: false }, { emoji: "👍", from_us: true }], tag: "answer" }),
    words("As I wrote last year…", { quote: { of: "message", message: null, from_us: false, text: "" }, tag: "lost-quote" }),
    words("The address is Rua das Flores 12, second floor.", { detail: { edits: 2 } }),
    words("Parcels leave every day at four.", { detail: { forwarded: true } }),
    { content: { kind: "unsent" } },
    words("Yes, reserve it", { detail: { tapped: "Yes, reserve it" } }),
    media("Answered form", [], { detail: { answers: [["Name", "Amélie Moreau"], ["Delivery", "Saturday morning"]] } }),
    words("¿Y los envíos? مرحبا، هل لديكم مصابيح أصغر؟ Small ones, I mean.", { gap: 8 * MINUTE }),
    words("هل يمكنكم الإرسال إلى المغرب؟ الرمز LAMP-3 و 149 EUR"),
    words("👍🏽"),
    words("It leaves tomorrow.", { ...ours, origin: "elsewhere", gap: 6 * MINUTE }),
    words("Thank you for waiting; here is your replacement.", { ...ours, detail: { human_agent: true } }),
    words("Which colour would you like?", { ...ours, detail: { buttons: ["Brass", "Oak", "Ceramic"] } }),
    words("I am the robot of another app.", { ...ours, origin: "elsewhere", detail: { app: "263902037430900", standby: true } }),
    words("Somebody in the group speaks first.", { detail: { author: "Tomás Ribeiro" }, gap: 6 * MINUTE }),
    words("And somebody else answers.", { detail: { author: "Mei Lin" } }),
    { content: { kind: "note", author: "Mira", text: "Her sister bought lamp No. 5 last year: offer her the same discount." }, direction: "outbound", origin: "heliograph", status: "received" },
    happened({ activity: "tapped", title: "Get started" }, { gap: 3 * MINUTE }),
    happened({ activity: "call", outcome: "missed", by_them: true, seconds: null }, { gap: 3 * MINUTE }),
    happened({ activity: "assigned", to: "Mira" }, { gap: 4 * MINUTE, tag: "folded" }),
    happened({ activity: "labelled", label: "VIP", on: true }),
    happened({ activity: "snoozed", until: now + DAY }),
    happened({ activity: "handed_over", to: "Shop robot" }, { gap: 4 * MINUTE }),
    media("Message that Meta does not pass on", [], { tag: "unknown" }),
    words("We can send a replacement today.", { ...ours, status: "failed", failure: failures.gone, gap: 6 * MINUTE }),
    words("Perfect, thank you!"),
  ];
}

/// Adds the conversation to a world.
export function everyKind(world, now) {
  const all = said(now);
  let at = now - all.reduce((sum, m) => sum + (m.gap ?? 40_000), 0) - 2 * MINUTE;
  const tags = {};
  const list = all.map((m, i) => {
    at += m.gap ?? 40_000;
    const id = world.next++;
    if (m.tag) tags[m.tag] = id;
    return {
      id, conversation: ID, meta_id: `m_kind_${i}`, direction: m.direction ?? "inbound", origin: m.origin ?? "person", content: m.content,
      attachments: m.attachments ?? [], quote: m.quote ?? null, reactions: m.reactions ?? [], detail: m.detail ?? {}, sent_at: at, recorded_at: at,
      status: m.status ?? "received", failure: m.failure ?? null, leave_before: null, next_attempt_at: null,
    };
  });
  all.forEach((m, i) => {
    if (m.quoting !== undefined) {
      const first = list[m.quoting];
      list[i].quote = { of: "message", message: first.id, from_us: false, text: first.content.text };
    }
  });
  world.messages.set(ID, list);
  world.conversations.set(ID, {
    id: ID, account: 2, channel: "messenger", contact: { id: 4900, name: "Amélie Moreau", handle: "", picture: sample("leaf") }, last: null, last_at: 0,
    unread: 0, waiting_since: null, window: { closes_at: null }, draft: "", failed: 0,
  });
  world.kinds = tags;
  refresh(world, ID);
}
