// What the pretend engine knows of sending more than words: templates, emojis, chosen times, the outbox.
import { DAY, HOUR, failures, refresh } from "./world.js";

const template = (id, account, name, language, more = {}) => ({
  id, account, name, language, category: "UTILITY", status: "APPROVED", reason: "", used_at: null, ...more,
  parts: { header: null, body: "", footer: "", buttons: [], named: false, strange: null, examples: {}, ...more.parts },
});

const templates = (now) => [
  template(1, 3, "order_ready", "en_US", {
    used_at: now - 3 * HOUR,
    parts: {
      header: { kind: "text", text: "Order {{order_no}}" }, body: "Hi {{name}}, your order {{order_no}} is ready to be picked up.", footer: "Jasper's Market", named: true,
      buttons: [{ kind: "url", text: "Track it", url: "https://jaspers.example/t/{{1}}" }, { kind: "quick_reply", text: "Call me" }],
      examples: { "header.order_no": "A-17", "body.name": "Ana", "body.order_no": "A-17", "button.0": "A-17" },
    },
  }),
  template(2, 3, "are_you_there", "en_US", { parts: { body: "We have news about your question. Shall we go on?" } }),
  template(3, 3, "order_ready", "de", { parts: { body: "Hallo {{1}}, die Bestellung {{2}} liegt bereit.", examples: { "body.1": "Ana", "body.2": "A-17" } } }),
  template(4, 3, "summer_sale", "en_US", {
    category: "MARKETING",
    parts: { header: { kind: "file", file: "image" }, body: "{{1}}% off everything until Sunday.", buttons: [{ kind: "copy_code", text: "Copy code" }], examples: { "body.1": "20", "button.0": "SALE20" } },
  }),
  template(5, 3, "too_pushy", "en_US", { category: "MARKETING", status: "REJECTED", reason: "ABUSIVE_CONTENT", parts: { body: "Buy now!" } }),
];

// The calls, over the pretend engine's own things.
export function sendingCalls({ world, of, find, changed, settle, queue, now }) {
  const all = templates(now());
  const list = (account) => ({ rows: all.filter((t) => t.account === account), synced_at: now() - 2 * HOUR, possible: account !== 1 });
  return {
    React: ({ message, emoji }) => {
      const m = find(message);
      m.reacting = { emoji, failure: null };
      setTimeout(() => {
        m.reacting = null;
        m.reactions = [...(m.reactions ?? []).filter((r) => !r.from_us), ...(emoji ? [{ emoji, from_us: true }] : [])];
        changed(m.conversation, m.id);
      }, 400);
      return m;
    },
    ShowTyping: () => null,
    Reschedule: ({ message, send_at }) => {
      const m = find(message);
      Object.assign(m, { scheduled_for: send_at, next_attempt_at: send_at, sent_at: send_at ?? now() });
      of(m.conversation).scheduled = send_at ? 1 : 0;
      refresh(world, m.conversation);
      changed(m.conversation, m.id);
      if (!send_at) settle(m);
      return m;
    },
    ListTemplates: ({ account }) => list(account),
    SyncTemplates: ({ account }) => list(account),
    SendTemplate: ({ conversation, template: id, filled }) => {
      const { parts } = all.find((t) => t.id === id);
      const fill = (text, place) => text.replace(/\{\{(\w+)\}\}/g, (_, name) => filled[`${place}.${name}`] ?? "");
      return queue(conversation, [fill(parts.header?.text ?? "", "header"), fill(parts.body, "body"), parts.footer].filter(Boolean).join("\n\n"), {});
    },
    ListOutbox: () => {
      const rows = [];
      for (const [id, messages] of world.messages) for (const m of messages) {
        if (!["queued", "sending", "failed", "unsure"].includes(m.status)) continue;
        const c = of(id);
        rows.push({
          id: m.id, message: m.id, conversation: id, account: c.account, channel: c.channel, contact: c.contact, text: m.content.text ?? "", is_reaction: false, status: m.status,
          queued_at: m.recorded_at ?? m.sent_at, send_at: m.scheduled_for ?? null, due_at: m.next_attempt_at ?? null, leave_before: m.leave_before ?? null, attempts: 1, failure: m.failure ?? null,
        });
      }
      const urgent = (r) => (["failed", "unsure"].includes(r.status) ? 0 : 1);
      return rows.sort((a, b) => urgent(a) - urgent(b)).slice(0, 50);
    },
  };
}

// A reply with its manner.
export function withManner(message, manner, held) {
  const { quotes = null, buttons = [], send_at = null, human_agent = false } = manner ?? {};
  Object.assign(message, { detail: { buttons, human_agent }, scheduled_for: send_at, quote: quotes ? { of: "message", message: quotes, from_us: false, text: "…" } : null });
  if (send_at) Object.assign(message, { next_attempt_at: send_at, sent_at: send_at });
  else if (held) message.next_attempt_at = message.recorded_at + held;
  return message;
}

// A thread whose window is closed: 1001 for a human agent, 1002 (WhatsApp) for templates; and one failed send.
export function closeWindows(world, now) {
  for (const id of [1001, 1002]) world.conversations.get(id).window = { closes_at: now - 5 * HOUR, by_ad: false, refused_at: null };
  const late = world.messages.get(1000).findLast((m) => m.direction === "outbound");
  Object.assign(late, { status: "failed", failure: failures.gone });
  refresh(world, 1000);
  world.conversations.get(1000).window = { closes_at: now + DAY, by_ad: false, refused_at: null };
}
