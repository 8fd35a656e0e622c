/** The code of a page below an HTML comment. */
export function snippetOf(page: string, name: string): string {
  const code = new RegExp(`<!-- ${name} -->\\s*\`\`\`ts\\n([\\s\\S]*?)\\n\`\`\``).exec(page)?.[1];
  if (code === undefined) throw new Error(`The page has no code below <!-- ${name} -->.`);
  return code;
}
