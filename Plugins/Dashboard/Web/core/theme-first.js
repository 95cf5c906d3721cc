// SPDX-License-Identifier: Apache-2.0
// Runs before anything is drawn, so that a chosen theme does not flash.
{
  const chosen = localStorage.getItem("jackfield.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
