// A box that scrolls is a stop of the Tab key: asked when it has a size, and when that changes.
addEventListener("DOMContentLoaded", () => {
  const sizes = new ResizeObserver((changes) => {
    const stops = changes.map(({ target }) => target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight);
    changes.forEach(({ target }, i) => target.toggleAttribute("tabindex", stops[i]) && target.setAttribute("tabindex", "0"));
  });
  for (const box of document.querySelectorAll("pre, .cell_output > .output, .pst-scrollable-table-container")) sizes.observe(box);
});
