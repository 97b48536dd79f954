"""Hears what a test says: no browser here has downloaded the words of a language."""

RECOGNIZER = """
  void (window.SpeechRecognition = class extends EventTarget {
    static async available({processLocally}) { return processLocally ? "downloadable" : ""; }
    static async install() { return true; }
    start(track) { window.recognized = this; window.listened = track; }
    abort() { window.recognized = null; }
    say(transcript) {
      const event = new Event("result");
      event.resultIndex = 0;
      event.results = [[{transcript}]];
      this.dispatchEvent(event);
    }
  });
"""
