// <textarea data-marks="[["heading","Heading"],…]">: buttons put the marks; rows of a spreadsheet become a table.
import { make } from "./tools.js";

const row = (cells) => `| ${cells.map((cell) => cell.trim().replaceAll("|", "\\|")).join(" | ")} |`;
const table = ([head, ...rest]) => [row(head), row(head.map(() => "---")), ...rest.map(row)].join("\n");

const marks = {
  heading: (words, name) => [`## ${words || name}`, true],
  list: (words, name) => [(words || name).split("\n").map((line) => `- ${line}`).join("\n"), true],
  bold: (words, name) => [`**${words || name}**`, false],
  link: (words, name) => [`[${words || name}](https://)`, false],
  table: (words, name) => [table([[name, " "], [" ", " "]]), true],
};

export function comfort(textarea) {
  function put([text, isBlock]) {
    const before = textarea.value.slice(0, textarea.selectionStart);
    const gap = !isBlock || !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    textarea.focus();
    // Typed for the author, so that Ctrl-Z takes it back.
    document.execCommand("insertText", false, gap + text + (isBlock ? "\n\n" : ""));
  }

  const bar = make("div", { className: "marks" });
  for (const [mark, label] of JSON.parse(textarea.dataset.marks)) {
    const button = make("button", { type: "button", className: "link", textContent: label });
    button.addEventListener("click", () => {
      put(marks[mark](textarea.value.slice(textarea.selectionStart, textarea.selectionEnd), label));
    });
    bar.append(button);
  }
  textarea.before(bar);

  textarea.addEventListener("paste", (event) => {
    const lines = event.clipboardData.getData("text/plain").replaceAll("\r", "").replace(/\n+$/, "").split("\n");
    const cells = lines.map((line) => line.split("\t"));
    if (cells.length < 2 || cells[0].length < 2 || cells.some((line) => line.length !== cells[0].length)) return;
    event.preventDefault();
    put([table(cells), true]);
  });
}
