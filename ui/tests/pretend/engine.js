// The pretend engine: `window.__PRETEND_ENGINE__` for view tests and pictures without the real one.
// `?pretend=` chooses a world: empty, offline, import, broken, large, kinds, and those of states.js. `window.pretend` lets a test move things.
import { signInCalls } from "./sign_in.js";
import { bring, copyCalls } from "./copies.js";
import { everyKind } from "./kinds.js";
import { safetyCalls } from "./safety.js";
import { peopleCalls } from "./people.js";
import { leavingCalls } from "./leaving.js";
import { media } from "./samples.js";
import { closeWindows, sendingCalls, withManner } from "./sending.js";
import { dress } from "./states.js";
import { holds, tally, workingCalls } from "./working.js";
import { DAY, HOUR, MINUTE, failures, makeAccounts, makeWorld, refresh } from "./world.js";

const option = new URLSearchParams(location.search).get("pretend") ?? sessionStorage.getItem("pretend") ?? "";
sessionStorage.setItem("pretend", option);
const now = () => Date.now();
const world = makeWorld(now(), option === "large" ? 20_000 : option === "empty" ? 0 : 320, option);
if (option === "empty") world.accounts = [];
if (option === "kinds") everyKind(world, now());
if (option === "sending") closeWindows(world, now());
let settings = {
  appearance: { theme: new URLSearchParams(location.search).get("theme") ?? "system", density: "normal" }, composer: { enter_sends: true },
  sending: { undo_seconds: option === "sending" ? 5 : 0, shows_typing: false, shows_seen: true, cancels_if_they_write: true, knows_human_agent: false },
  notifications: { messages: true, trouble: true, window_ending: true, sound: true, show_text: true, do_not_disturb: false },
  window: { close_to_tray: true, start_at_login: false, start_hidden: false }, storage: { journal_days: 30, media_mib: 2048, daily_copies: 7 }, lock: { after_minutes: 10, with_system: true, notify: true },
};
let door = { enabled: false, listen: "127.0.0.1:8787", listening: null, path: "/webhook", verify_token: "sunny-harbour-4821", secrets: ["Jasper's app"], problem: null, last_delivery_at: null, accepted: 0, refused: 0 };
let demo = option !== "empty";
const ears = [];
const tell = (event) => ears.forEach((ear) => ear(event));
const nothing = (code, message, action = null) => Promise.reject({ code, message, action });
const of = (id) => world.conversations.get(id) ?? null;
const changed = (id, message) => {
  const c = of(id);
  if (message) tell({ event: "message_changed", conversation: id, message });
  tell({ event: "conversation_changed", account: c.account, conversation: id });
};

const orders = {
  newest: [(c) => -c.last_at, () => true],
  waiting_longest: [(c) => c.waiting_since, (c) => c.waiting_since !== null],
  ending_soonest: [(c) => c.window.closes_at, (c) => c.window.closes_at > now()],
};

function stretch(list, of_, limit) {
  let start, end;
  if (of_ === "newest") [start, end] = [list.length - limit, list.length];
  else if (of_.before) [start, end] = [+of_.before - limit, +of_.before];
  else if (of_.after) [start, end] = [+of_.after, +of_.after + limit];
  else {
    const at = list.findIndex((m) => m.id === of_.around);
    if (at < 0) return stretch(list, "newest", limit);
    [start, end] = [at - (limit >> 1), at + (limit >> 1) + 1];
  }
  [start, end] = [Math.max(0, start), Math.min(list.length, end)];
  return { rows: structuredClone(list.slice(start, end)), older: start > 0 ? String(start) : null, newer: end < list.length ? String(end) : null };
}

const find = (id) => {
  for (const list of world.messages.values()) {
    const message = list.find((m) => m.id === id);
    if (message) return message;
  }
};

function settle(message, held = 0) {
  const step = (status, ms) => setTimeout(() => {
    if (message.status === "failed" || !find(message.id)) return;
    message.status = status;
    if (status === "sent") message.meta_id = `m_${message.id}`;
    refresh(world, message.conversation);
    changed(message.conversation, message.id);
    if (status === "sent") tell({ event: "send_settled", conversation: message.conversation, message: message.id, good: true });
  }, ms + held);
  if (option === "offline") return;
  if (/\bfail\b/.test(message.content.text)) {
    setTimeout(() => {
      Object.assign(message, { status: "failed", failure: failures.gone });
      refresh(world, message.conversation);
      changed(message.conversation, message.id);
    }, 500);
    return;
  }
  step("sending", 120);
  step("sent", 600);
  if (of(message.conversation).channel !== "instagram") step("delivered", 1400);
  step("read", 4000);
}

// A reply goes into the thread and leaves when it may.
function queue(conversation, text, manner) {
  const held = settings.sending.undo_seconds * 1000;
  const message = withManner({
    id: world.next++, conversation, meta_id: null, direction: "outbound", origin: "heliograph", content: { kind: "text", text }, attachments: [],
    sent_at: now(), recorded_at: now(), status: "queued", failure: null, leave_before: of(conversation).window.closes_at, next_attempt_at: null,
  }, manner, held);
  world.messages.get(conversation).push(message);
  if (message.scheduled_for) of(conversation).scheduled = 1;
  refresh(world, conversation);
  changed(conversation, message.id);
  if (!message.scheduled_for) settle(message, held);
  return message;
}

const sent = new Map();
const { kinOf, ...kinCalls } = peopleCalls({ world, of, now, changed, tell, nothing });
const uploads = [];
const calls = {
  ListAccounts: () => world.accounts,
  CountConversations: () => {
    const all = [...world.conversations.values()];
    return {
      all: tally(all), accounts: world.accounts.map((a) => [a.id, tally(all.filter((c) => c.account === a.id))]),
      channels: ["instagram", "messenger", "whats_app"].map((ch) => [ch, tally(all.filter((c) => c.channel === ch))]),
    };
  },
  ListConversations: ({ filter, sort, after, limit }) => {
    const [key, keeps] = orders[sort];
    const all = [...world.conversations.values()].filter((c) => holds(c, filter) && keeps(c)).sort((a, b) => key(a) - key(b) || b.id - a.id);
    const pinned = all.filter((c) => c.pinned);
    for (const pin of pinned) all.splice(all.indexOf(pin), 1);
    const start = after ? +after : 0;
    return { pinned: after ? [] : pinned, rows: all.slice(start, start + limit), next: start + limit < all.length ? String(start + limit) : null };
  },
  GetConversation: ({ conversation }) => of(conversation) ?? nothing("not_found", "This conversation is gone."),
  MarkRead: ({ conversation }) => { if (of(conversation).unread) { of(conversation).unread = 0; changed(conversation); } return null; },
  MarkUnread: ({ conversation }) => { of(conversation).unread ||= 1; changed(conversation); return null; },
  SaveDraft: ({ conversation, text }) => { if (of(conversation).draft !== text) { of(conversation).draft = text; changed(conversation); } return null; },
  GetContact: ({ conversation }) => {
    const c = of(conversation), list = world.messages.get(conversation);
    return {
      summary: c.contact, account: c.account, channel: c.channel, meta_id: String(7_000_000_000_000_000 + c.contact.id),
      phone: c.channel === "whats_app" ? c.contact.handle : null, first_seen_at: list[0].sent_at, profile_read_at: c.contact.id % 4 ? now() - DAY : null,
      profile_asked_at: c.contact.id % 4 ? now() - DAY : now() - 2 * HOUR, ...kinOf(c),
      messages_received: list.filter((m) => m.direction === "inbound").length, messages_sent: list.filter((m) => m.direction === "outbound").length,
    };
  },
  ...sendingCalls({ world, of, find, changed, settle, queue, now }),
  ListMessages: ({ conversation, stretch: s, limit }) => stretch(world.messages.get(conversation) ?? [], s, limit),
  SendText: ({ conversation, text, key, manner }) => {
    if (sent.has(key)) return find(sent.get(key));
    if (/\brefuse\b/.test(text)) return nothing("window_closed", "The 24-hour window of this conversation has closed.");
    const message = queue(conversation, text, manner);
    sent.set(key, message.id);
    return message;
  },
  RetryMessage: ({ message }) => { const m = find(message); Object.assign(m, { status: "queued", failure: null }); refresh(world, m.conversation); changed(m.conversation, m.id); settle(m); return m; },
  DiscardMessage: ({ message }) => {
    const m = find(message), list = world.messages.get(m.conversation);
    list.splice(list.indexOf(m), 1);
    refresh(world, m.conversation);
    changed(m.conversation, message);
    return null;
  },
  CheckMessage: async ({ message }) => {
    await new Promise((done) => setTimeout(done, 700));
    const m = find(message);
    Object.assign(m, { status: "sent", failure: null, meta_id: "m_found" });
    refresh(world, m.conversation);
    changed(m.conversation, m.id);
    return m;
  },
  GetRawMessage: ({ message }) => JSON.stringify({ object: "instagram", entry: [{ id: "17841400000000001", time: now(), messaging: [{ sender: { id: "7000000000005000" }, message: { mid: `m_${message}`, attachments: [{ type: "share", payload: { url: "https://example.com/…" } }] } }] }] }, null, 2),
  ListUploads: ({ conversation }) => uploads.filter((u) => u.conversation === conversation),
  RemoveUpload: ({ upload }) => { const at = uploads.findIndex((u) => u.id === upload); const [gone] = at < 0 ? [] : uploads.splice(at, 1); if (gone) tell({ event: "uploads_changed", conversation: gone.conversation }); return null; },
  ArrangeUploads: ({ conversation, order }) => { uploads.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id)); tell({ event: "uploads_changed", conversation }); return null; },
  SendFiles: ({ conversation, files, key }) => files.map(({ upload, caption }, n) => {
    if (sent.has(`${key}.${n}`)) return find(sent.get(`${key}.${n}`));
    const at = uploads.findIndex((u) => u.id === upload), [file] = uploads.splice(at, 1);
    const kind = { picture: "image", video: "video", sound: "audio", file: "file" }[file.kind];
    const message = {
      id: world.next++, conversation, meta_id: null, direction: "outbound", origin: "heliograph", content: { kind: "placeholder", what: { image: "Photo", video: "Video", audio: "Audio", file: "File" }[kind], text: caption },
      attachments: [{ id: world.next++, kind, name: file.name, mime: file.mime, file: file.file, thumbnail: file.thumbnail, state: "kept", link: null, link_ends_at: null, card: null, bytes: file.bytes, size: file.size, length_ms: file.length_ms, waveform: [] }],
      sent_at: now() + n, recorded_at: now(), status: "queued", failure: null, leave_before: of(conversation).window.closes_at, next_attempt_at: null,
    };
    sent.set(`${key}.${n}`, message.id);
    world.messages.get(conversation).push(message);
    refresh(world, conversation);
    changed(conversation, message.id);
    tell({ event: "uploads_changed", conversation });
    settle(message);
    return message;
  }),
  ListMedia: ({ conversation, kinds, after, limit }) => {
    const family = (a) => ({ image: "picture", sticker: "picture", video: "video", audio: "sound", voice: "sound" })[a.kind] ?? "file";
    const all = (world.messages.get(conversation) ?? []).flatMap((m) => m.attachments.filter((a) => (a.state ?? "none") !== "none" && a.kind !== "sticker")
      .map((attachment) => ({ message: m.id, sent_at: m.sent_at, from_us: m.direction === "outbound", attachment }))).reverse();
    const some = all.filter((i) => !kinds.length || kinds.includes(family(i.attachment))), start = after ? +after : 0;
    return { rows: some.slice(start, start + limit), next: start + limit < some.length ? String(start + limit) : null };
  },
  Search: ({ text }) => {
    const words = text.toLowerCase().split(/\s+/).filter((w) => w && !w.includes(":"));
    const people = words.length ? [...world.conversations.values()].filter((c) => words.every((w) => c.contact.name.toLowerCase().includes(w))).slice(0, 5) : [];
    const hits = [];
    for (const [id, list] of world.messages) for (const m of list) {
      const body = m.content.text ?? "";
      const at = words.length ? body.toLowerCase().indexOf(words[0]) : -1;
      if (at < 0) continue;
      const c = of(id), end = at + words[0].length;
      hits.push({ message: m.id, conversation: id, account: c.account, channel: c.channel, contact: c.contact, direction: m.direction, sent_at: m.sent_at, snippet: [{ text: body.slice(0, at), hit: false }, { text: body.slice(at, end), hit: true }, { text: body.slice(end, end + 80), hit: false }] });
    }
    hits.sort((a, b) => b.sent_at - a.sent_at);
    return { people: people.map((c) => ({ contact: c.contact, channel: c.channel, account: c.account, conversation: c.id, last_at: c.last_at })), messages: hits.slice(0, 50), next: null, understood: words, warnings: [], since: now() - 200 * DAY };
  },
  FindInConversation: ({ conversation, text }) => {
    const words = text.toLowerCase().trim();
    const hits = (world.messages.get(conversation) ?? []).filter((m) => (m.content.text ?? "").toLowerCase().includes(words));
    return { messages: hits.map((m) => m.id).reverse().slice(0, 500), more: hits.length > 500 };
  },
  GetSettings: () => settings,
  SaveSettings: ({ settings: s }) => { settings = s; tell({ event: "settings_changed" }); return null; },
  GetStatus: () => ({
    version: "0.1.0", now: now(), host: "server", demo, demo_possible: true, offline_since: option === "offline" ? now() - 9 * MINUTE : null,
    queued: option === "offline" ? 2 : 0, queued_leave_before: option === "offline" ? now() + 4 * HOUR : null, key_home: "the system keychain",
    copies_trouble: option === "damaged" ? { code: "storage", message: "The database is damaged in places. Restore the newest good copy, or export what can be read.", action: "open_settings" } : null,
  }),
  GetStorage: () => ({ folder: "/home/ana/.local/share/heliograph", database_bytes: 48_200_000, media_bytes: 213_000_000, conversations: world.conversations.size, messages: 5120, journal_rows: 1840, journal_bytes: 7_340_000, journal_since: now() - 29 * DAY, since: now() - 200 * DAY, media_waiting: 3, media: world.accounts.flatMap((a, i) => [{ account: a.id, kind: "picture", files: 210 - 60 * i, bytes: 48_000_000 - 9_000_000 * i }, { account: a.id, kind: "sound", files: 31, bytes: 6_400_000 }]) }),
  GetWebhookDoor: () => door,
  SetWebhookDoor: ({ enabled, listen }) => { door = { ...door, enabled, listen, listening: enabled ? listen : null }; tell({ event: "door_changed" }); return door; },
  SetAppSecret: ({ name, secret }) => { door = { ...door, secrets: [...door.secrets.filter((s) => s !== name), ...(secret ? [name] : [])] }; tell({ event: "door_changed" }); return door; },
  StartDemo: async () => {
    await new Promise((done) => setTimeout(done, 600));
    Object.assign(world, makeWorld(now(), 320));
    demo = true;
    tell({ event: "start_over" });
    return null;
  },
  LeaveDemo: () => { Object.assign(world, makeWorld(now(), 0), { accounts: [] }); demo = false; tell({ event: "start_over" }); return null; },
  DiscoverAccounts: async ({ login, token }) => {
    await new Promise((done) => setTimeout(done, 500));
    if (token.length < 8) return nothing("sign_in_again", "Meta does not accept this token: it was cut off or has run out.");
    return { id: "found-1", scopes: ["pages_messaging", "pages_manage_metadata"], token_expires_at: now() + 58 * DAY, candidates: makeAccounts(now()).map((a, i) => ({ channel: a.channel, login, meta_id: a.meta_id, name: a.name, handle: a.handle, connected: i === 0 && world.accounts.length ? 1 : null, caution: i === 1 ? "The token lacks pages_read_engagement, so profile pictures stay empty." : null })) };
  },
  ConnectAccounts: ({ picked }) => { world.accounts = makeAccounts(now()).filter((a) => picked.includes(a.meta_id) || world.accounts.some((b) => b.id === a.id)); tell({ event: "start_over" }); return picked.map((_, i) => i + 1); },
  ...signInCalls({ option, nothing, discover: (args) => calls.DiscoverAccounts(args) }),
  ...leavingCalls({ world, now, tell }),
  ...kinCalls,
  CheckAccount: ({ account }) => world.accounts.find((a) => a.id === account),
  PollNow: ({ account }) => { world.accounts.find((a) => a.id === account).health.last_poll_at = now(); tell({ event: "account_changed", account }); return null; },
  ListGaps: ({ account }) => account === 3 ? [] : [0, 1, 2].map((n) => ({ day: Math.floor(now() / DAY - n) * DAY, by_webhook: 409 - n * 40, missed: account === 1 && n === 0 ? 3 : 0, recovered_at: account === 1 && n === 0 ? now() - 42 * MINUTE : null })),
  ListAccountEvents: ({ account }) => account === 3 ? [
    { at: now() - 3 * HOUR, name: "phone_number_quality_update", words: "Number quality: flagged; limit tier 1k", grave: true },
    { at: now() - 2 * DAY, name: "message_template_status_update", words: "Template order_ready is approved", grave: false },
  ] : [],
  DismissAlert: ({ account }) => { world.accounts.find((a) => a.id === account).health.alert = null; tell({ event: "account_changed", account }); return null; },
  DiagnoseReceiving: async ({ only }) => {
    await new Promise((done) => setTimeout(done, 250));
    const found = {
      token: ["good", "Meta accepts it, and every permission is granted.", null],
      poll: ["good", "Meta answered just now. What webhooks miss is found this way.", null],
      subscription: ["bad", "They go to the app Saltwind Inbox; it is not told of: message_edits, message_reactions.", "subscribe"],
      callback: ["not_known", "Only the app itself can tell. Its id or secret is not known for this account; the app's dashboard shows it under Webhooks.", null],
      door: ["bad", "It is closed: news come by asking Meta only, with some delay.", "open_door"],
      signature: ["not_known", "Nothing has come through the door since Heliograph was started.", null],
      delivery: ["bad", "None has come yet. Write to the account from another phone: it should appear within seconds.", null],
      foreign: ["good", "None: whatever came was for accounts that are connected.", null],
    };
    return [only].map((link) => ({ link, verdict: found[link][0], words: found[link][1], remedy: found[link][2] }));
  },
  PauseImport: ({ account, paused }) => { world.accounts.find((a) => a.id === account).import.state = paused ? "paused" : "running"; tell({ event: "account_changed", account }); return null; },
};

const safety = safetyCalls({ world, tell, nothing, now, option });
Object.assign(calls, safety.calls);
Object.assign(calls, workingCalls({ world, of, changed, tell, nothing, now, keeps: (sort, c) => orders[sort][1](c) }));

Object.assign(calls, copyCalls({ option, tell, nothing, now }));

window.__PRETEND_ENGINE__ = {
  call: async (name, args) => {
    window.pretend.log.push(name);
    if (safety.isShut(name)) return nothing("locked", "The inbox is locked.");
    if (window.pretend.slow) await new Promise((done) => setTimeout(done, window.pretend.slow));
    return structuredClone((await calls[name](args)) ?? null);
  },
  listen: (ear) => ears.push(ear),
  bring: bring(calls, now),
  media,
  upload: async (conversation, name, voice, blob) => {
    window.pretend.log.push("upload");
    const family = blob.type.split("/")[0], kind = { image: "picture", video: "video", audio: "sound" }[family] ?? "file";
    const upload = { id: world.next++, conversation, name, mime: blob.type || "application/octet-stream", kind, file: "0".repeat(64), thumbnail: null, bytes: blob.size, size: kind === "picture" ? [1200, 900] : null, length_ms: kind === "sound" ? 4200 : null, voice };
    uploads.push(upload);
    tell({ event: "uploads_changed", conversation });
    return structuredClone(upload);
  },
};

// For tests: somebody writes; a message's status; answers that take their time.
window.pretend = {
  world, tell, log: [], slow: 0, HOUR, endWait: safety.endWait, mend: safety.mend,
  receive(conversation, text) {
    const message = { id: world.next++, conversation, meta_id: `m_${world.next}`, direction: "inbound", origin: "person", content: { kind: "text", text }, attachments: [], sent_at: now(), recorded_at: now(), status: "received", failure: null, leave_before: null, next_attempt_at: null };
    world.messages.get(conversation).push(message);
    of(conversation).unread += 1;
    if (of(conversation).state !== "spam") Object.assign(of(conversation), { state: "open", snoozed_until: null });
    refresh(world, conversation);
    changed(conversation, message.id);
    tell({ event: "message_received", account: of(conversation).account, conversation, message: message.id, sent_at: message.sent_at });
    return message.id;
  },
};

dress(window.__PRETEND_ENGINE__, option);
