export namespace ICONS {
    let attach: string;
    let bubble: string;
    let close: string;
    let cross: string;
    let device: string;
    let done: string;
    let dots: string;
    let keep: string;
    let key: string;
    let microphone: string;
    let more: string;
    let mute: string;
    let pause: string;
    let quiet: string;
    let search: string;
    let send: string;
    let star: string;
    let stop: string;
    let turning: string;
    let waiting: string;
    let warning: string;
    let wave: string;
}
