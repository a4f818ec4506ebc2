declare module 'passive-voice' {
  export default function passiveVoice(text: string): readonly { index: number; offset: number }[];
}
