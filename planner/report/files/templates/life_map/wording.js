// What the page says, in the reader's language: words with {names} filled in, hours, floors and distances.

const wording = data => {
  let language = data.language;
  const say = (key, values = {}) =>
    data.words[language][key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  const both = text => text[language];
  const dayName = day => say(`day_${day + 1}`);

  /** A moment (a minute of the week, perhaps of the next) as seen from `minute`: 18:00, tomorrow 06:00, Mon 08:30. */
  function moment(at, minute, isEnd) {
    const ofDayBefore = isEnd && at % hours.DAY === 0; // midnight ends a day
    const day = Math.floor(at / hours.DAY) - (ofDayBefore ? 1 : 0);
    const time = hours.clock(ofDayBefore ? hours.DAY : at % hours.DAY);
    const ahead = day - Math.floor(minute / hours.DAY);
    if (ahead === 0) { return time; }
    return ahead === 1 ? say("at_tomorrow", {time}) : say("at_day", {day: dayName(day % 7), time});
  }

  /** Whether a station is open at a minute of the week, or only planned, and that in words. */
  function state(station, minute) {
    if (station.planned) { return {kind: "planned", text: say("not_yet")}; }
    if (hours.isAlways(station.week)) { return {kind: "open", text: say("always")}; }
    const minutes = hours.untilChange(station.week, minute);
    if (hours.isOpen(station.week, minute)) {
      const text = minutes <= 60 ? say("shuts_in", {minutes}) : say("open_until", {time: moment(minute + minutes, minute, true)});
      return {kind: minutes <= 60 ? "ending" : "open", text};
    }
    if (minutes === null) { return {kind: "shut", text: say("never")}; }
    const time = moment(minute + minutes, minute, false);
    return {kind: "shut", text: minutes <= 60 ? say("opens_in", {minutes}) : say("opens_at", {time})};
  }

  function spanText([from, to]) {
    if (from === 0 && to === hours.DAY) { return say("all_day"); }
    return say(to > hours.DAY ? "span_next" : "span", {from: hours.clock(from), to: hours.clock(to)});
  }

  /** Days with the same hours as one name: 周一至周五, 周六、周日. */
  function daysText(days) {
    if (days.length === 7) { return say("days_all"); }
    const runs = [];
    for (const day of days) {
      const run = runs[runs.length - 1];
      if (run && run[1] === day - 1) { run[1] = day; } else { runs.push([day, day]); }
    }
    const names = runs.flatMap(([first, last]) =>
      last - first > 1
        ? [say("days_run", {first: dayName(first), last: dayName(last)})]
        : [...new Set([first, last])].map(dayName));
    return names.join(say("days_and"));
  }

  /** The hours of a week, a line for the days that share them. */
  function week(station) {
    if (hours.isAlways(station.week)) { return [say("always")]; }
    const days = new Map();
    hours.byDay(station.week).forEach((spans, day) => {
      const text = spans.length ? spans.map(spanText).join(say("spans_and")) : say("shut");
      days.set(text, [...(days.get(text) || []), day]);
    });
    const lines = [...days].map(([spans, some]) => say("line", {days: daysText(some), spans}));
    const isPlain = /^[\d:;,\-\s]*$/.test(station.hours);
    return isPlain ? lines : [...lines, say("as_written", {text: station.hours})];
  }

  function floor(number) {
    if (number === 1) { return say("floor_ground"); }
    return number < 1 ? say("floor_down", {number: Math.max(1, -number)}) : say("floor_up", {number});
  }

  /** Metres by tens below a kilometre, as a straight line to a place tapped by finger deserves. */
  function rounded(metres) {
    return metres < 995
      ? {isFar: false, distance: Math.max(10, Math.round(metres / 10) * 10)}
      : {isFar: true, distance: (metres / 1000).toFixed(1)};
  }

  const straight = metres => {
    const {isFar, distance} = rounded(metres);
    return say(isFar ? "straight_km" : "straight_m", {distance});
  };
  const length = metres => {
    const {isFar, distance} = rounded(metres);
    return say(isFar ? "kilometres" : "metres", {distance});
  };

  return {
    say, both, dayName, state, week, floor, straight, length,
    get language() { return language; },
    set language(other) { language = other; },
  };
};
