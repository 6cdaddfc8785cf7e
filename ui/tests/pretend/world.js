// A small world that answers like the engine: accounts, a few hundred conversations, thousands of messages.
import { answers, asks, people, placeholders } from "./words.js";
import { fresh } from "./working.js";

export const MINUTE = 60_000, HOUR = 3_600_000, DAY = 86_400_000;

function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const health = (now, more = {}) => ({
  problem: null, problem_since: null, token_expires_at: now + 52 * DAY, data_access_expires_at: now + 80 * DAY,
  scopes: ["pages_messaging", "instagram_manage_messages"], missing_scopes: [], last_webhook_at: now - 12_000,
  last_poll_at: now - 31_000, next_poll_at: now + 29_000, quota_percent: 7, paused_until: null, ...more,
});

export function makeAccounts(now, option) {
  const account = (id, channel, login, name, handle, more = {}) => ({
    id, channel, login, meta_id: String(17841400000000000 + id), name, handle, picture: null, demo: true,
    health: health(now, more.health), import: more.import ?? { state: "done", conversations: 140, messages: 2300 },
  });
  return [
    account(1, "instagram", "facebook_page", "Jasper's Market", "@jaspersmarket"),
    account(2, "messenger", "facebook_page", "Jasper's Market", "", {
      import: option === "import" ? { state: "running", conversations: 312, messages: 4890 } : undefined,
      health: { token_expires_at: now + (option === "ending" ? 3 : 30) * DAY },
    }),
    account(3, "whats_app", "whats_app_cloud", "Jasper's Orders", "+1 555 078 3881", {
      import: { state: "not_possible", conversations: 0, messages: 0 },
      health: option === "broken" ? {
        problem: { code: "sign_in_again", message: "Jasper's Orders stopped receiving: the password was changed.", action: "reconnect" },
        problem_since: now - 3 * HOUR,
      } : { last_poll_at: null, next_poll_at: null },
    }),
  ];
}

const failure = (problem, code, subcode) => ({ problem, code, subcode, trace: "AbC1dEfGhIjKlMnOpQrStUv" });
export const failures = {
  closed: failure({ code: "window_closed", message: "The 24-hour window closed before this reply left.", action: null }, 10, 2018278),
  gone: failure({ code: "unreachable", message: "This person cannot receive messages at the moment.", action: null }, 551, 1545041),
  unsure: failure({ code: "offline", message: "The connection broke before Meta answered, so this may or may not have arrived.", action: "check_at_meta" }, null, null),
};

export function makeWorld(now, size = 320, option = "") {
  const dice = random(7);
  const pick = (list) => list[Math.floor(dice() * list.length)];
  const world = { accounts: makeAccounts(now, option), conversations: new Map(), messages: new Map(), next: 100_000 };
  const channels = { 1: "instagram", 2: "messenger", 3: "whats_app" };
  for (let i = 0; i < size; i++) {
    const id = 1000 + i;
    const account = i < 3 ? i + 1 : pick([1, 1, 1, 2, 2, 3]);
    const [name, handle] = people[i % people.length];
    const round = Math.floor(i / people.length);
    const age = i < 40 ? i * 37 * MINUTE + dice() * 20 * MINUTE : 24 * HOUR + (i - 40) * 6 * HOUR * dice() * 2;
    const channel = channels[account];
    const phone = `+1 650 555 ${String(1000 + (i * 37) % 9000)}`;
    const conversation = {
      id, account, channel,
      contact: {
        id: 5000 + i, name: round === 0 ? name : `${name.split(" ")[0]} ${pick(["Weber", "Silva", "Novak", "Okafor", "Haddad", "Kim", "Moreau"])}`,
        handle: channel === "whats_app" ? phone : channel === "instagram" ? `@${handle}${round || ""}` : "", picture: i % 5 === 1 ? `face-${i}` : null,
      },
      last: null, last_at: 0, unread: 0, waiting_since: null, window: { closes_at: null }, draft: "", failed: 0, ...fresh(),
    };
    if (i === 17) conversation.contact.name = "…4821903";
    const list = [];
    const n = i === 0 ? 420 : i === 2 ? 1 : 3 + Math.floor(dice() * 26);
    let at = now - age;
    for (let m = 0; m < n; m++) {
      const inbound = m === 0 ? dice() < 0.62 : dice() < 0.55;
      const placeholder = dice() < 0.06;
      const text = inbound ? pick(asks) : pick(answers);
      list.push({
        id: world.next++, conversation: id, meta_id: `m_${world.next}`, direction: inbound ? "inbound" : "outbound",
        origin: inbound ? "person" : dice() < 0.16 ? "elsewhere" : "heliograph",
        content: placeholder && inbound ? { kind: "placeholder", what: pick(placeholders), text: dice() < 0.3 ? text : "" } : { kind: "text", text },
        attachments: [], sent_at: Math.round(at), recorded_at: Math.round(at) + 800,
        status: inbound ? "received" : channel === "instagram" ? pick(["sent", "read", "read"]) : pick(["delivered", "read", "read", "sent"]),
        failure: null, leave_before: null, next_attempt_at: null,
      });
      at -= dice() < 0.6 ? dice() * 4 * MINUTE : dice() < 0.7 ? dice() * 5 * HOUR : dice() * 3 * DAY;
    }
    list.reverse();
    world.conversations.set(id, conversation);
    world.messages.set(id, list);
    if (list.at(-1).direction === "inbound" && i < 60 && dice() < 0.6) conversation.unread = 1 + Math.floor(dice() * 3);
    if (i % 23 === 4) conversation.draft = pick(answers).slice(0, 60);
    if (i === 3 || i === 11) fail(world, list, i === 3 ? "gone" : "unsure", now - age);
    refresh(world, id);
  }
  // Windows about to close, and closed ones.
  for (const [id, left] of [[1002, 22 * MINUTE], [1005, 3.3 * HOUR], [1007, 52 * MINUTE], [1008, 5.5 * HOUR]]) {
    if (world.conversations.has(id)) world.conversations.get(id).window.closes_at = now + left;
  }
  return world;
}

function fail(world, list, kind, at) {
  list.push({
    id: world.next++, conversation: list[0].conversation, meta_id: null, direction: "outbound", origin: "heliograph",
    content: { kind: "text", text: "We can send a replacement today — shall we use the same address?" }, attachments: [],
    sent_at: Math.round(at) + MINUTE, recorded_at: Math.round(at) + MINUTE, status: kind === "unsure" ? "unsure" : "failed",
    failure: failures[kind], leave_before: null, next_attempt_at: null,
  });
}

/// Recomputes what a row shows from its messages.
export function refresh(world, id) {
  const conversation = world.conversations.get(id), list = world.messages.get(id);
  const last = list.findLast((m) => m.content.kind !== "activity" && m.content.kind !== "note");
  const lastInbound = list.findLast((m) => m.direction === "inbound");
  const settled = list.findLast((m) => m.status !== "failed" && m.status !== "unsure");
  conversation.last = last && {
    direction: last.direction, placeholder: last.content.kind === "placeholder", status: last.status,
    text: last.content.kind === "placeholder" ? last.content.text || last.content.what : last.content.text,
  };
  conversation.last_at = last?.sent_at ?? 0;
  conversation.failed = list.filter((m) => m.status === "failed" || m.status === "unsure").length;
  conversation.window = { closes_at: lastInbound ? lastInbound.sent_at + 24 * HOUR : null };
  if (settled?.direction === "inbound") {
    const answered = list.findLastIndex((m) => m.direction === "outbound");
    conversation.waiting_since = list.slice(answered + 1).find((m) => m.direction === "inbound")?.sent_at ?? null;
  } else conversation.waiting_since = null;
}
