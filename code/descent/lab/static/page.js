// In the published page: every lab and recording starts as it comes into view; a lab keeps its state in the address.

function start(figure) {
  const spec = JSON.parse(figure.querySelector(".lab-specification").textContent);
  spec.address = true;
  const asked = () => {
    const [name, query] = location.hash.slice(1).split("?");
    return name === spec.name ? query : undefined;
  };
  const host = el("div.lab-live");
  figure.querySelector("figure").prepend(host);
  figure.classList.add("lab-on");
  if (spec.says) {
    figure.lab = makeRecording(host, spec);
    return;
  }
  const keep = later(() => history.replaceState(null, "", `#${spec.name}?${toAddress(spec, lab.state())}`), 300);
  const first = firstState(spec);
  const lab = makeLab(host, spec, asked() ? fromAddress(spec, asked(), first) : first, keep);
  addEventListener("hashchange", () => asked() && lab.show(fromAddress(spec, asked(), firstState(spec))));
  figure.lab = lab;
}

function startAll() {
  const waiting = [];
  /** One lab per turn, so that scrolling past many stays smooth. */
  function startNext() {
    start(waiting.shift());
    if (waiting.length) setTimeout(startNext, 50);
  }
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      if (waiting.push(target) === 1) setTimeout(startNext);
    }
  }, { rootMargin: "400px" });
  for (const figure of document.querySelectorAll(".lab")) {
    seen.observe(figure);
    if (location.hash.startsWith(`#${figure.dataset.name}?`)) figure.scrollIntoView();
  }
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", startAll);
else startAll();
