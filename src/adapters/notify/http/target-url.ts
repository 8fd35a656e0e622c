/** Whether a text is an http or https URL without credentials, which would end up in logs, and without a fragment. */
export function isTargetUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password, hash } = new URL(text);
  return username === '' && password === '' && hash === '';
}
