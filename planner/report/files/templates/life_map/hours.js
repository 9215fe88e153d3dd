// When a station is open, by minutes of the week from Monday 00:00 in China: `week` is a list of [from, to) in order.

const hours = (() => {
  const DAY = 1440, WEEK = 7 * DAY;
  const CHINA_MS = 8 * 3600e3; // no summer time since 1991

  /** The minute of the week in China at a time in milliseconds, whatever zone the phone is set to. */
  function minuteOfWeek(ms) {
    const minutes = Math.floor((ms + CHINA_MS) / 60e3);
    const day = (Math.floor(minutes / DAY) + 3) % 7; // 1970-01-01 was a Thursday
    return day * DAY + minutes % DAY;
  }

  const isOpen = (week, minute) => week.some(([from, to]) => from <= minute && minute < to);

  const isAlways = week => week.length === 1 && week[0][0] === 0 && week[0][1] === WEEK;

  /** In how many minutes it opens or shuts next; null where it never does. */
  function untilChange(week, minute) {
    if (!week.length || isAlways(week)) { return null; }
    const edges = week.flatMap(([from, to]) => [from, to % WEEK]);
    const real = edges.filter(edge => isOpen(week, edge) !== isOpen(week, (edge + WEEK - 1) % WEEK));
    return Math.min(...real.map(edge => (edge - minute + WEEK - 1) % WEEK + 1));
  }

  /** The spans of each day from Monday as [from, to] in minutes after its midnight; a night ends beyond 1440. */
  function byDay(week) {
    const days = [[], [], [], [], [], [], []];
    const spans = week.map(span => [...span]);
    const last = spans[spans.length - 1];
    if (spans.length > 1 && spans[0][0] === 0 && last[1] === WEEK) {
      last[1] += spans.shift()[1];
    }
    for (let [from, to] of spans) {
      while (to - from > DAY) { // more than a day on end is told day by day
        const midnight = (Math.floor(from / DAY) + 1) * DAY;
        days[Math.floor(from / DAY) % 7].push([from % DAY, DAY]);
        from = midnight;
      }
      const day = Math.floor(from / DAY);
      days[day % 7].push([from - day * DAY, to - day * DAY]);
    }
    days.forEach(some => some.sort((one, other) => one[0] - other[0]));
    return days;
  }

  /** Minutes after midnight as 08:30; midnight at the end of a day is 24:00. */
  function clock(minute) {
    const inDay = minute > DAY ? minute - DAY : minute;
    return `${String(Math.floor(inDay / 60)).padStart(2, "0")}:${String(inDay % 60).padStart(2, "0")}`;
  }

  return {DAY, WEEK, minuteOfWeek, isOpen, isAlways, untilChange, byDay, clock};
})();
