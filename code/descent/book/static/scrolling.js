// A box that scrolls is a stop of the Tab key: asked when it has a size, and when that changes.
addEventListener("DOMContentLoaded", () => {
  const sizes = new ResizeObserver((changes) => {
    const boxes = changes.map(({ target }) => target);
    const scroll = boxes.map((box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight); // all are asked before one changes
    boxes.forEach((box, i) => {
      if (scroll[i]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  });
  for (const box of document.querySelectorAll("pre, .cell_output > .output, .pst-scrollable-table-container")) sizes.observe(box);
});
