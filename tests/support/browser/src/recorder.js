// Runs before the page's own scripts: keeps the tasks that held up the page's thread for 50 ms or more.
if (!window.__longTasks) {
  window.__longTasks = [];
  new PerformanceObserver(list => {
    for (const task of list.getEntries()) window.__longTasks.push([task.startTime, task.duration]);
  }).observe({ type: "longtask", buffered: true });
}
