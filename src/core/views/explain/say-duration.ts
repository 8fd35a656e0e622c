const UNITS = [
  { ms: 86_400_000, name: 'day' },
  { ms: 3_600_000, name: 'hour' },
  { ms: 60_000, name: 'minute' },
  { ms: 1_000, name: 'second' },
] as const;

/** A duration in words, rounded to its largest unit: “4 seconds”, “1 hour”. Below a second: “a moment”. */
export function sayDuration(ms: number): string {
  const unit = UNITS.find((each) => ms >= each.ms);
  if (!unit) return 'a moment';
  const count = Math.round(ms / unit.ms);
  return `${count} ${unit.name}${count === 1 ? '' : 's'}`;
}
