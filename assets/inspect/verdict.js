// What the server's rules say of a rating, so that the phone shows at once what will come of it.

// The whole number of steps from zero, because 12.3 has no exact binary form.
const steps = (scale, value) => Math.round(value * Math.round(1 / scale.step));

export function propose(scale, value) {
  const reaches = (limit) => (scale.direction === "lower_is_worse"
    ? steps(scale, value) <= steps(scale, limit) : steps(scale, value) >= steps(scale, limit));
  if (reaches(scale.red_from)) return "red";
  return scale.yellow_from !== null && reaches(scale.yellow_from) ? "yellow" : "green";
}

// A number as it was typed; nothing where it is not on the scale.
export function reading(scale, typed) {
  const text = typed.trim().replace(",", ".");
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(text)) return undefined;
  if (scale.millimetres) return fromMillimetres(scale, Number(text));
  const perUnit = Math.round(1 / scale.step);
  const value = Math.round(Number(text) * perUnit) / perUnit;
  const isMeant = Math.abs(Number(text) - value) < 1e-6;
  return isMeant && value >= scale.min && value <= scale.max ? value : undefined;
}

// The nearest step of the scale; of two that are as near the lower one, which is the worse.
function fromMillimetres(scale, entered) {
  return entered > Number(number(scale, scale.max)) ? undefined : Math.max(0, Math.ceil(entered / scale.millimetres - 0.5));
}

// The number as whoever reads the page counts, without its unit and with it.
export function number(scale, value) {
  if (scale.millimetres) return (value * scale.millimetres).toFixed(1);
  return scale.unit === "V" ? value.toFixed(1) : String(value);
}
export const withUnit = (scale, value) => number(scale, value) + scale.suffix;

const UNRATED = { severity: null, not_applicable: false, measurement: null, notes: null };
export const verdict = ({ severity, not_applicable, measurement, notes }) => ({ severity, not_applicable, measurement, notes });

// The verdict after a tap: { severity }, { not_applicable }, { measurement } or { notes }, or several of them.
export function changed(before, tap, scale) {
  const after = { ...verdict(before ?? UNRATED), ...tap };
  if (tap.not_applicable) return { ...after, severity: null, measurement: null };
  if (tap.severity) after.not_applicable = false;
  if (typeof tap.measurement === "number") {
    after.not_applicable = false;
    after.severity = tap.severity ?? propose(scale, tap.measurement);
  }
  return after;
}

// A note without the canned words of other colours, which would say something else than the colour does.
export function fitting(notes, canned, severity) {
  const others = [...canned.yellow, ...canned.red].filter((words) => !canned[severity]?.includes(words));
  const left = (notes ?? "").split("\n").filter((line) => !others.includes(line.trim()));
  return left.join("\n").trim() === "" ? null : left.join("\n");
}

// A rating in a line.
export function inWords(words, scale, { severity, not_applicable: isNotThere, measurement, notes }) {
  const colour = isNotThere ? words.not_on_this_car : words[severity] ?? words.taken_back;
  const measured = typeof measurement === "number" && scale ? withUnit(scale, measurement) : undefined;
  return [colour, measured, notes].filter(Boolean).join(", ");
}

export const isRated = (finding) => Boolean(finding && (finding.severity || finding.not_applicable));
export const wantsReason = (finding) => finding?.severity === "yellow" || finding?.severity === "red";

// How far an inspection is. `of` answers the finding about a component, `hasPhoto` whether a picture shows it.
export function progress(categories, of, hasPhoto) {
  const found = { required: 0, done: 0, missing: [] };
  for (const category of categories) {
    for (const component of category.components) {
      const finding = of(category.key, component.key);
      const rated = isRated(finding);
      found.required += component.required ? 1 : 0;
      found.done += component.required && rated ? 1 : 0;
      const isUnexplained = wantsReason(finding) && !finding.notes && !hasPhoto(category.key, component.key);
      if (component.required && !rated) found.missing.push({ category, component, needs: "rating" });
      else if (isUnexplained) found.missing.push({ category, component, needs: "note_or_photo" });
    }
  }
  return found;
}

// What looks mistyped about a VIN: the word for it. The check digit is mandatory only in North America.
export function doubtOfVin(typed) {
  const vin = typed.trim().toUpperCase();
  if (vin === "") return undefined;
  if (vin.length !== 17) return "vin_length";
  if (!/^[A-HJ-NPR-Z0-9]+$/.test(vin)) return "vin_letters";
  const values = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
  const weights = "8765432X098765432";
  const sum = [...vin].reduce((all, letter, place) => {
    const weight = weights[place] === "X" ? 10 : Number(weights[place]);
    return all + (values.indexOf(letter) % 10) * weight;
  }, 0);
  const digit = sum % 11 === 10 ? "X" : String(sum % 11);
  const isJudged = /[1-5]/.test(vin[0]) || /[0-9X]/.test(vin[8]);
  return isJudged && vin[8] !== digit ? "vin_digit" : undefined;
}
