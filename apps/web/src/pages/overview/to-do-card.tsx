import { Link } from "@tanstack/react-router";
import { ListTodo } from "lucide-react";
import { areDone, useFirstSteps } from "../../first-steps.ts";
import { welcomeTexts } from "../welcome/welcome-texts.ts";
import classes from "./overview.module.css";

const words = welcomeTexts.card;

/** What of the first steps is still to do, for administrators; nothing once all is done. */
export function ToDoCard() {
  const { data: steps } = useFirstSteps();
  if (steps === undefined || areDone(steps)) return null;
  const { officeNamed, secondPerson } = steps;
  const open = [officeNamed ? null : words.office, words.persons[secondPerson]].filter((text) => text !== null);
  return (
    <section className={classes.toDo} aria-label={words.title}>
      <ListTodo size={20} strokeWidth={1.75} aria-hidden />
      <div>
        <h2 className={classes.cardTitle}>{words.title}</h2>
        <ul>
          {open.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </div>
      <Link to="/welcome">{words.open}</Link>
    </section>
  );
}
