function countWords(text) {
  const found = new Map();
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) found.set(word, (found.get(word) || 0) + 1);
  return found;
}
const longest_run = (values) => {
  let best = 0, run = 0;
  values.forEach((value, place) => { run = place && value === values[place - 1] ? run + 1 : 1; best = Math.max(best, run); });
  return best;
};
function secondLargest(numbers) {
  const different = [...new Set(numbers)].sort((one, other) => other - one);
  return different.length > 1 ? different[1] : null;
}
function isBalanced(text) {
  const closing = { ")": "(", "]": "[", "}": "{" }, waiting = [];
  for (const one of text) {
    if ("([{".includes(one)) waiting.push(one);
    else if (closing[one] && waiting.pop() !== closing[one]) return false;
  }
  return waiting.length === 0;
}
function mergeIntervals(intervals) {
  const merged = [];
  for (const [start, end] of [...intervals].sort((one, other) => one[0] - other[0])) {
    const last = merged[merged.length - 1];
    if (last && start <= last[1]) last[1] = Math.max(last[1], end); else merged.push([start, end]);
  }
  return merged;
}
function totals(orders) {
  const found = new Map();
  for (const { customer, amount } of orders) found.set(customer, (found.get(customer) || 0) + amount);
  return [...found].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
}
function allowed(times, limit, window) {
  const kept = [], answers = [];
  for (const time of times) {
    while (kept.length && kept[0] <= time - window) kept.shift();
    answers.push(kept.length < limit);
    if (answers[answers.length - 1]) kept.push(time);
  }
  return answers;
}
function order(tasks) {
  const done = [], left = new Set(Object.keys(tasks).sort());
  for (;;) {
    const next = [...left].find((task) => tasks[task].every((other) => !left.has(other)));
    if (next === undefined) return left.size ? null : done;
    left.delete(next); done.push(next);
  }
}
function edits(one, other) {
  let row = [...Array(other.length + 1).keys()];
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[other.length];
}
