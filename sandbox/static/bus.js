// The answer comes at once, with its sound: two quick notes, or a dull one.
function sound(green) {
  const audio = new AudioContext(), start = audio.currentTime;
  for (const [pitch, after] of green ? [[880, 0], [1320, .12]] : [[160, 0]]) {
    const note = audio.createOscillator(), volume = audio.createGain();
    note.type = green ? "sine" : "square";
    note.frequency.value = pitch;
    volume.gain.setValueAtTime(.15, start + after);
    volume.gain.exponentialRampToValueAtTime(.001, start + after + (green ? .3 : .6));
    note.connect(volume).connect(audio.destination);
    note.start(start + after);
    note.stop(start + after + .7);
  }
}
for (const form of document.querySelectorAll("form.tap")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, {method: "post", body: new FormData(form)}).catch(() => null);
    if (!answer?.ok) return form.submit();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("reader");
    const reader = document.getElementById("reader");
    reader.className = fresh.className;
    reader.innerHTML = fresh.innerHTML;
    reader.scrollIntoView({block: "nearest"});
    sound(fresh.dataset.tone === "green");
  });
}
