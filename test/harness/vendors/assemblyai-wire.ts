import type { Wire } from './wire.js';

/** AssemblyAI: upload, submit, poll. Without a script a transcript is done at the first look. */
export const ASSEMBLYAI_WIRES: readonly Wire[] = [
  {
    route: 'assemblyai.upload',
    method: 'POST',
    path: /^\/assemblyai\/v2\/upload$/,
    whole: () => ({ upload_url: 'https://cdn.example.com/upload/1' }),
  },
  {
    route: 'assemblyai.submit',
    method: 'POST',
    path: /^\/assemblyai\/v2\/transcript$/,
    whole: () => ({ id: 'transcript-1', status: 'queued' }),
  },
  {
    route: 'assemblyai.poll',
    method: 'GET',
    path: /^\/assemblyai\/v2\/transcript\/[^/]+$/,
    whole: (_, { text = 'Hello from the recording.' }) => ({
      id: 'transcript-1',
      status: 'completed',
      text,
      language_code: 'en',
      audio_duration: 31,
      utterances: [{ start: 0, end: 31_000, text, speaker: 'A', confidence: 0.9, words: [] }],
    }),
  },
];
