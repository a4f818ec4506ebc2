/**
 * First names that a postmortem may have without a list of its people: `Checkout failed because Bob deployed it`. Only
 * widespread ones that are no word, no place and no program: neither `Mark`, nor `Sydney`, nor `Jenkins`.
 */
const FIRST_NAMES: ReadonlySet<string> = new Set(
  [
    'Aaron Abdul Adam Adrian Ahmed Aisha Akira Alan Alejandro Alex Alexander Alexandra Alfred Ali Alice Alicia Alina',
    'Amanda Amelia Amit Amy Ana Anders Andrea Andreas Andrei Andrew Angela Anita Anja Anjali Anke Ann Anna Anne Annette',
    'Anthony Antoine Anton Antonio Arjun Arthur Ashley Astrid Barbara Ben Benjamin Bernd Beth Birgit Bjorn Björn Bob Boris',
    'Brandon Brian Camille Carl Carla Carlos Carmen Carol Caroline Catherine Céline Chloe Chris Christian Christina',
    'Christine Christoph Christopher Claire Clara Claudia Craig Cristina Dan Daniel Daniela Danielle Dave David Deborah',
    'Deepak Denise Dennis Diego Dieter Dimitri Dmitri Donald Dorothy Doug Eduardo Edward Elena Eleanor Elise Elizabeth',
    'Ella Ellen Emilia Emily Emma Enrique Erik Esther Eva Evelyn Fabian Fatima Federico Fernando Filip Fiona Florian',
    'Francesca Francesco Francisco François Franz Frederik Fritz Gabriel Gabriela Gary Giovanni Giulia Greg Gregory Greta',
    'Guillaume Gustavo Hannah Hans Harald Harry Hassan Heather Heidi Heike Helen Helena Helga Henrik Henry Hiroshi Holger',
    'Ian Igor Ines Ingrid Irina Isabel Isabella Ivan Jacob Jakob James Jamie Jan Jana Jane Janet Jason Javier Jean Jeff',
    'Jeffrey Jennifer Jens Jeremy Jessica Jim Joan Joanna João Joao Joe Johan Johanna Johannes John Jonas Jonathan Jorge',
    'José Jose Josef Joseph Josh Joshua Juan Judith Jürgen Julian Juliette Julie Justin Karen Karim Karin Karl',
    'Karsten Katharina Katherine Kathleen Kathrin Katie Katja Keiko Keith Kelly Ken Kenji Kenneth Kerstin Kevin Kim Klaus',
    'Kristin Kumar Lars Laura Lauren Laurent Lea Leila Lena Leonie Lisa Liam Linda Lorenzo Louise Luca Lucas Lucia Luis',
    'Luisa Lukas Luke Maja Manfred Manuel Manuela Marc Marcel Marco Marcus Margaret Maria María Marie Marina Mario Markus',
    'Marta Martina Matt Matteo Matthew Matthias Maurice Megan Mehmet Mei Melanie Melissa Michael Michaela Michel Michelle',
    'Miguel Mike Mikhail Miriam Mohamed Mohammed Monika Nadia Nadine Naomi Natalia Natalie Natasha Neha Nicholas',
    'Nicolas Nicole Nikhil Nikolai Nina Noah Nora Oliver Olivia Olga Omar Pablo Pamela Patricia Patrick Paul Paula Pavel',
    'Pedro Peter Petra Philip Philipp Philippe Pierre Piotr Priya Rachel Rafael Rahul Rajesh Ralf Ravi Rebecca Renate',
    'Ricardo Richard Robert Roberto Roger Ronald Rosa Ryan Sabine Sam Samantha Samuel Sandra Sanjay Sara Sarah Satoshi',
    'Sebastian Sergei Sergio Shreya Silke Silvia Simon Simone Sofia Sophia Sophie Stefan Stefanie Stephanie Stephen Steve',
    'Steven Sunita Susan Susanne Suresh Sven Svenja Sylvia Takashi Tamara Tanja Tanya Tara Tatiana Ted Teresa Theresa',
    'Thomas Thorsten Tim Timothy Tina Tobias Todd Tom Tomasz Torsten Tyler Ulrich Ulrike Ursula Uwe Valentina Valerie',
    'Vanessa Veronica Vijay Vikram Vincent Viktor Vladimir Walter Wei Werner William Wolfgang Xavier Yasmin Yuki Yuri Yusuf',
    'Yves Zachary Zoe Agnieszka Adriana Aleksandr Alessandro Amina Andrzej Arturo Beatriz Bianca Bruno Carolina Caio',
    'Catarina Chiara Chukwuemeka Dmitry Eduarda Emeka Emilio Ewa Federica Felipe Francisca Fred Gerardo Gonzalo Grzegorz',
    'Haruka Haruto Ibrahim Jacek Jakub Javier Joaquin Joaquín Katarzyna Khalid Krzysztof Lakshmi Larissa Letícia Lukasz',
    'Łukasz Magdalena Małgorzata Manoj Marcin Mariana Mateo Mateus Mauricio Mustafa Nguyen Nuno Oksana Olena Olumide',
    'Oluwaseun Paolo Paulo Pawel Paweł Pilar Ramesh Raúl Renata Rodrigo Sakura Santiago Sébastien Sergey Siobhan Svetlana',
    'Thiago Tiago Tomás Valeria Vinícius Wojciech Ximena Yolanda Youssef Zainab Zofia',
  ].flatMap((line) => line.split(' ')),
);

/** Whether it is a widespread first name, in any letters; `word`: one word. */
export function isFirstName(word: string): boolean {
  return ANY_LETTERS.has(word.toLowerCase());
}

const ANY_LETTERS: ReadonlySet<string> = new Set([...FIRST_NAMES].map((name) => name.toLowerCase()));

/** `Bob`, and `Bob Smith` with the last name behind it. Not what has a storm's, a saint's or a program's name. */
const WRITTEN =
  /(?<![\p{L}\p{N}_@./-])(?<!(?:Storm|Hurricane|Typhoon|Cyclone|San|Saint|St|Santa) )(\p{Lu}\p{Ll}{1,14})(?: \p{Lu}\p{Ll}{1,20}(?![\p{L}\p{N}_]))?(?![\p{L}\p{N}_/]|[.:-][\p{L}\p{N}])/gu;

/** Each once, as written. */
export function firstNamesIn(text: string): readonly string[] {
  const found = [...text.matchAll(WRITTEN)].filter(([, first = '']) => FIRST_NAMES.has(first));
  return [...new Set(found.map(([written]) => written))];
}
