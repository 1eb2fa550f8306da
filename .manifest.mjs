/** What the Custom Elements Manifest is made of; `package.json` names it itself, and is not to be written. */
export default {
  globs: ['src/ui/smallfirst-chat.ts', 'src/ui/site-settings.ts'],
  outdir: 'public',
  packagejson: false,
};
