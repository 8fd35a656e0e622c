/** Whether something can be posted there: http or https, without credentials, which would end up in logs. */
export function isTargetUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password, hash } = new URL(text);
  return username === '' && password === '' && hash === '';
}
