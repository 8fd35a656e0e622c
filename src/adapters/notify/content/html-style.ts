import type { Tone } from './content.js';

/** The colours of one tone. The dark ones are used in the head, for clients that support dark mode. */
interface Palette {
  readonly accent: string;
  readonly ink: string;
  readonly tint: string;
  readonly darkInk: string;
  readonly darkTint: string;
}

export const PALETTES: Readonly<Record<Tone, Palette>> = {
  info: { accent: '#2563eb', ink: '#1e40af', tint: '#e0eaff', darkInk: '#bfdbfe', darkTint: '#1e3a8a' },
  success: { accent: '#15803d', ink: '#166534', tint: '#dcfce7', darkInk: '#bbf7d0', darkTint: '#14532d' },
  attention: { accent: '#b45309', ink: '#92400e', tint: '#fef3c7', darkInk: '#fde68a', darkTint: '#78350f' },
  problem: { accent: '#b91c1c', ink: '#991b1b', tint: '#fee2e2', darkInk: '#fecaca', darkTint: '#7f1d1d' },
};

/** System fonts; none is downloaded. */
export const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** Very long words break anywhere, so that a phone never scrolls sideways. */
export const BREAKS = 'overflow-wrap:anywhere;word-break:break-word;';

/** Rules that inline styles cannot express. A client that drops them shows the light version, with nothing cut off. */
export const headStyle = ({ darkInk, darkTint }: Palette): string => `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  body { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
  @media (max-width: 480px) {
    .outer { padding: 16px 10px !important; }
    .card { padding: 22px 20px 24px !important; }
    .heading { font-size: 21px !important; line-height: 28px !important; }
    .fact-name, .fact-value { display: block !important; width: auto !important; }
    .fact-name { padding: 10px 0 0 !important; border-bottom: 0 !important; }
    .fact-value { padding: 2px 0 10px !important; }
    .button { width: 100% !important; }
    .button a { display: block !important; text-align: center !important; }
  }
  @media (prefers-color-scheme: dark) {
    .page, .outer { background: #0b1220 !important; }
    .card { background: #172033 !important; border-color: #2b3853 !important; }
    .heading, .strong { color: #f8fafc !important; }
    .words, .fact-value, .item { color: #d7deea !important; }
    .quiet, .fact-name { color: #9aa8bf !important; }
    .line { border-color: #2b3853 !important; }
    .items { background: #111a2c !important; border-color: #2b3853 !important; }
    .label { background: ${darkTint} !important; color: ${darkInk} !important; }
    .link { color: #93c5fd !important; }
  }`;
