/** What was measured of this device, and what it lets one expect of a model. */

/** How the numbers of a GGUF file are packed, by llama.cpp's names; of a packing that is none of these the cost is not known. */
export type Packing = 'F16' | 'Q8_0' | 'Q4_K_M';

export interface Passport {
  /** Milliseconds since 1970. */
  readonly measuredAt: number;
  readonly cpu?: CpuPace;
  readonly gpu?: GpuPace;
  /** Where the browser keeps model files. */
  readonly writeBytesPerSecond?: number;
  /** Roughly, as the browser tells it; not all do. */
  readonly memoryBytes?: number;
}

/** Of the engine for the processor, on the threads that it has here. */
export interface CpuPace {
  readonly threads: number;
  /** Of a million bytes of weights, to make one token. */
  readonly msPerMb: Readonly<Record<Packing, number>>;
  /** Of a token, however small the model. */
  readonly overheadMs: number;
  /** Of a million bytes of weights, to read one token of a prompt. */
  readonly promptMsPerMb: number;
}

export interface GpuPace {
  /** As the browser names it. */
  readonly name: string;
  readonly copyBytesPerSecond: number;
  /** Of a matrix in four bits, times a vector. */
  readonly matrixBytesPerSecond: number;
}

/** What may be expected of one model here; what is not known is absent. */
export interface Forecast {
  readonly tokensPerSecond?: number;
  readonly promptTokensPerSecond?: number;
  /** Of what is not here yet of its files. */
  readonly downloadSeconds?: number;
  /** Whether the rate is that of its own place; else that of another, as a rule this page's. */
  readonly isOwnRate?: boolean;
  /** It may need more memory than the browser gives a page here. */
  readonly isTight?: true;
}

/** How fast a place sent model files, when it last did. */
export type NetworkRates = Readonly<Record<string, number>>;

/** Of the device, and of the small model on it, as a turn goes by it; what is not known is absent. */
export interface DeviceFacts {
  /** Of the engine that answers. */
  readonly engineId?: string;
  /** As its last answer's receipt had it, or as the passport lets expect. */
  readonly tokensPerSecond?: number;
  /** What question, history and answer share. */
  readonly contextTokens?: number;
  /** What an answer of some length would take here, and what the last one took in the cloud. */
  readonly answerSeconds?: number;
  readonly cloudSeconds?: number;
}
