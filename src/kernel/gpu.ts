/** What is known of the graphics processor that a browser offers to a page. */

export type Gpu =
  /** `none`: no WebGPU, or no adapter. `software`: a program that imitates one, slower than a model on the processor. */
  | { readonly kind: 'none' | 'software' }
  | {
      readonly kind: 'gpu';
      readonly hasF16: boolean;
      /** The largest piece of memory that a shader may see at once. */
      readonly bufferBytes: number;
      readonly isPhone: boolean;
    };
