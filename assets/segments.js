// How many texts a text is sent, and paid, in: the same count as the server's, while somebody types.

const basic = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
// Written with an escape before them, so that they count twice.
const extended = new Set("^{}\\[~]|€\f");

// The first text to a number says who writes and how to stop; the server adds what is missing in the same way.
export function introduced(text, shop) {
  const greeting = text.toLowerCase().includes(shop.toLowerCase()) ? "" : `${shop}: `;
  if (text.split(/[^\p{L}\p{N}]/u).includes("STOP")) return greeting + text;
  const endsOpen = /[\p{L}\p{N}]$/u.test(text) && !/:\/\/\S*$/.test(text);
  return `${greeting}${text}${endsOpen ? "." : ""} Reply STOP to opt out`;
}

const plain = [
  [/[\u2018-\u201b]/g, "'"], [/[\u201c-\u201f]/g, '"'], [/[\u2010-\u2015\u2212]/g, "-"], [/\u2026/g, "..."],
  [/[\u00a0\u2000-\u200a\u202f]/g, " "],
];

// The text with plain quotes, dashes and dots, as the server straightens its own: one curly quote doubles the price.
export const straight = (text) => plain.reduce((words, [curly, sign]) => words.replace(curly, sign), text);

// The size of a text in words: "1 text, 109 of 160 characters".
export function size(text) {
  const characters = [...text];
  const isPlain = characters.every((c) => basic.has(c) || extended.has(c));
  const cost = (c) => (isPlain ? 1 + extended.has(c) : c.length);
  const units = characters.reduce((sum, c) => sum + cost(c), 0);
  const [alone, joined] = isPlain ? [160, 153] : [70, 67];
  if (units <= alone) return `1 text, ${units} of ${alone} characters`;
  // A character is never split between two texts.
  let texts = 1;
  let used = 0;
  for (const c of characters) {
    if (used + cost(c) > joined) {
      texts += 1;
      used = 0;
    }
    used += cost(c);
  }
  return `${texts} texts, ${units} characters`;
}
