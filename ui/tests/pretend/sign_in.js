// Signing in and webhooks, over the pretend engine: an address that is brought back, many Pages of several businesses,
// subscriptions with lacks that can be mended. `?pretend=many` reaches twenty accounts.

const PAGES = ["Aroma", "Bottega", "Cantina", "Delizia", "Emporio", "Fornaio", "Giardino"];

export function signInCalls({ option, nothing, discover }) {
  const many = () => ["Alba Group", "Zest Foods", null].flatMap((business, b) => PAGES.slice(0, 8 - b).map((name, i) => ({
    channel: i % 3 === 2 ? "instagram" : "messenger", login: "facebook_page", meta_id: `9${b}${i}`, name: `${name} ${["North", "South", "Home"][b]}`,
    handle: i % 3 === 2 ? `@${name.toLowerCase()}` : "", business, connected: b === 0 && i === 1 ? 1 : null, caution: null,
  })));
  const found = async () => {
    const discovery = await discover({ login: "instagram_login", token: "long enough" });
    return { state: "found", discovery: option === "many" ? { ...discovery, candidates: many() } : discovery };
  };
  const PAGE = ["messages", "message_echoes", "message_edits", "message_reactions", "message_deliveries", "message_reads", "messaging_postbacks", "messaging_referrals", "messaging_optins", "messaging_handovers", "standby", "messaging_policy_enforcement"];
  const hooks = new Map();
  const of = (account) => {
    if (!hooks.has(account)) hooks.set(account, { apps: ["Saltwind Inbox"], has: PAGE.filter((f) => f !== "message_edits" && f !== "message_reactions") });
    return hooks.get(account);
  };
  return {
    // Nobody comes back by themselves from an address that is pasted.
    StartSignIn: ({ back }) => (window.pretend.pasted = back?.by === "address", { sign_in: "s1", url: "https://www.facebook.com/dialog/oauth?client_id=1", redirect: back?.address ?? "http://localhost:4000/signed-in" }),
    GetSignIn: () => ({ state: "waiting" }),
    FinishSignIn: ({ landed }) => /code=/.test(landed) ? found() : nothing("bad_request", "There is no code in this. Copy the whole address from the browser's address bar, from https:// to its end."),
    CancelSignIn: () => null,
    GetKeptApp: () => option === "sick" ? { id: "1290417755302216", back: { by: "loopback" } } : null,
    GetSubscriptions: ({ account }) => {
      const { apps, has } = of(account), whatsapp = account === 3;
      const level = { has, lacks: PAGE.filter((f) => !has.includes(f)) };
      return {
        apps, account: whatsapp || !apps.length ? null : level,
        address: whatsapp ? { address: "nowhere" } : { address: "to", url: "https://inbox.saltwind.example/webhook", active: true, fields: { has: PAGE, lacks: [] } },
      };
    },
    Subscribe: ({ account }) => { Object.assign(of(account), { apps: ["Saltwind Inbox"], has: PAGE }); return null; },
    Unsubscribe: ({ account }) => { Object.assign(of(account), { apps: [], has: [] }); return null; },
    SubscribeApp: ({ address }) => /^https:/.test(address) ? null : nothing("bad_request", "Write the public address of the webhook door as https://… with its path."),
    UnsubscribeApp: () => null,
  };
}
