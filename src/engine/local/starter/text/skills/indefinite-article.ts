/** "A" or "an", by how the next word sounds. */

export function chooseArticle(word: string): 'a' | 'an' {
  const sounds = word.toLowerCase();
  if (/^(?:hon|hour|heir)/.test(sounds)) return 'an';
  return /^[aeiou]/.test(sounds) && !/^(?:us|uni(?![mn])|ut[ei]|eu|one\b|ouija)/.test(sounds) ? 'an' : 'a';
}
