/** Who answers, as a site decides it for all its visitors. */

/** The four names are those of `InferenceMode` in Firebase AI Logic. */
export const INFERENCE_MODES = [
  /** This device drafts; what is too hard for it goes to the large model. */
  'prefer_on_device',
  'only_on_device',
  /** The large model answers; where it may not or cannot, this device does. */
  'prefer_in_cloud',
  'only_in_cloud',
] as const;

export type InferenceMode = (typeof INFERENCE_MODES)[number];
