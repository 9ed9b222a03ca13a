// The feedback link names the section that is on the screen when it is followed.
addEventListener("DOMContentLoaded", () => {
  const link = document.querySelector("a.feedback");
  link?.addEventListener("click", () => {
    const above = (section) => section.getBoundingClientRect().top < innerHeight / 3;
    const section = [...document.querySelectorAll("article section[id]")].findLast(above);
    const address = new URL(link.href);
    const about = address.searchParams.get("body").replace(/^(About: [^\n#]*).*/, `$1#${section?.id ?? ""}`);
    address.searchParams.set("body", about);
    link.href = address;
  });
});
