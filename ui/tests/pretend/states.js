// States of the pages beside the inbox, over the pretend engine: `?pretend=` sick, faults, importing, door, doorbad,
// nothing, refusing, desktop. What a page asked for last can be read from `window.pretend.log`.
import { DAY, HOUR } from "./world.js";

/// Puts the state `option` over an engine.
export function dress(engine, option) {
  const at = () => Date.now();
  const refuse = (code, message, action = null) => Promise.reject({ code, message, action });

  const sick = (accounts) => {
    const [shop, page, orders] = accounts;
    Object.assign(shop, { demo: false });
    Object.assign(shop.health, {
      problem: { code: "sign_in_again", message: "The password of the Facebook account was changed, so Meta no longer accepts the token.", action: "reconnect" },
      problem_since: at() - 3 * HOUR, last_poll_at: at() - 3 * HOUR, last_webhook_at: at() - 4 * HOUR, next_poll_at: null,
      scopes: ["pages_show_list", "pages_messaging", "pages_manage_metadata"], missing_scopes: ["instagram_manage_messages"],
    });
    Object.assign(page, { demo: false });
    Object.assign(page.health, { token_expires_at: at() + 3 * DAY + HOUR, quota_percent: 84, paused_until: null });
    if (orders) Object.assign(orders, { demo: false });
    return accounts;
  };
  const faults = (accounts) => {
    const [shop, page, orders] = accounts;
    Object.assign(shop.health, {
      fault: "checkpoint", problem_since: at() - 3 * HOUR,
      problem: { code: "sign_in_again", message: "Facebook wants the owner of the token to sign in at facebook.com and confirm their identity.", action: "open_accounts" },
    });
    Object.assign(page.health, { token_expires_at: at() + 60 * DAY, data_access_expires_at: at() + 3 * DAY + HOUR });
    Object.assign(orders.health, { missing_scopes: ["whatsapp_business_management"], last_webhook_at: at() - 9_000 });
    return accounts;
  };
  const importing = (accounts) => {
    accounts[0].import = { state: "running", conversations: 312, messages: 4890 };
    if (accounts[1]) accounts[1].import = { state: "paused", conversations: 88, messages: 1204 };
    return accounts;
  };
  const doors = {
    door: { enabled: true, listening: "127.0.0.1:8787", last_delivery_at: at() - 12_000, accepted: 1843, refused: 0, problem: null },
    doorbad: {
      enabled: true, listening: null, last_delivery_at: null, accepted: 0, refused: 6,
      problem: { code: "not_allowed", message: "The webhook door cannot open at 127.0.0.1:8787: another program listens there.", action: "open_settings" },
    },
  };
  const base = engine.call;
  let signInAsked = 0;
  const over = {
    ListAccounts: async (reply) => (option === "sick" ? sick(reply) : option === "faults" ? faults(reply) : option === "importing" ? importing(reply) : reply),
    GetStatus: async (reply) => ({ ...reply, host: option === "desktop" ? "desktop" : reply.host, demo: option === "sick" ? false : reply.demo }),
    GetWebhookDoor: async (reply) => (doors[option] && !window.pretend.moved ? { ...reply, ...doors[option] } : reply),
    SetWebhookDoor: async (reply) => { window.pretend.moved = true; return reply; },
    Search: async (reply, { text }) => {
      const strange = text.split(/\s+/).find((w) => /^before:(?!\d{4})/.test(w));
      const warned = strange ? { ...reply, warnings: [`“${strange}” is no day. Write it as before:2026-03-01.`] } : reply;
      return option === "nothing" ? { ...warned, people: [], messages: [], next: null } : warned;
    },
    GetSignIn: async (reply) => {
      signInAsked += 1;
      if (signInAsked < 3 || window.pretend.pasted) return reply;
      return { state: "found", discovery: await base("DiscoverAccounts", { login: "facebook_page", token: "long enough" }) };
    },
  };
  const refused = {
    SaveSettings: () => refuse("storage", "The disk is full."),
    StartDemo: () => refuse("internal", "The simulator could not be started: no port is free."),
    ConnectAccounts: () => refuse("not_found", "This list is older than ten minutes. Ask again what the token reaches."),
  };

  engine.call = async (name, args) => {
    if (option === "refusing" && refused[name]) {
      window.pretend.log.push(name);
      return refused[name]();
    }
    const reply = await base(name, args);
    return over[name] ? over[name](reply, args) : reply;
  };
}
