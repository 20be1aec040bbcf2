/** What the people of the demo office write about. */
export const streets = [
  "Alder Lane",
  "Bridge Street",
  "Castle Hill",
  "Dock Road",
  "Elm Square",
  "Foundry Yard",
  "Garden Row",
  "Harbour Walk",
  "Mill Lane",
  "Orchard Street",
  "Quarry Road",
  "Station Square",
];

export const holders = [
  "Ana Ruiz",
  "Bergmann & Sons Ltd",
  "Chiara Conti",
  "City Theatre",
  "Dragan Petrović",
  "Elif Yıldız",
  "Farid Haddad",
  "Green Roofs Cooperative",
  "Harbour Market Association",
  "Ingrid Solberg",
  "Jonas Richter",
  "Kite Festival e.V.",
  "Léa Fontaine",
  "Mehmet Kaya",
  "North Quarter Housing",
  "Olga Sokolova",
  "Parish of St. Anne",
  "Quang Nguyen",
  "Rosa Delgado",
  "Sunrise Bakery",
  "Tower Cranes Ltd",
  "University Building Office",
  "Volunteer Fire Brigade",
  "Wanda Zielińska",
];

export const papers = {
  building: ["Site plan", "Structural report", "Owner's consent"],
  demolition: ["Asbestos survey", "Site plan", "Neighbours' notice"],
  event: ["Programme", "Insurance", "Crowd plan"],
  excavation: ["Utility map", "Traffic plan", "Site plan"],
  signage: ["Facade photo", "Drawing"],
  "street vending": ["Hygiene certificate", "Stall photo"],
  "tree felling": ["Arborist's report", "Photo of the tree"],
} as const;

export type PermitType = keyof typeof papers;

export const rejections = [
  "The structural report is missing.",
  "The site is within the flood zone.",
  "The neighbours were not notified in time.",
  "The insurance does not cover the dates.",
];
export const suspensions = [
  "Work began outside the permitted hours.",
  "The insurance has lapsed.",
  "The traffic plan is not followed.",
];
export const cancellations = ["The applicant withdrew.", "The event was called off.", "The building was sold."];
export const refusals = ["The scan cannot be read.", "The certificate has expired.", "It belongs to another site."];
export const notes = [
  "Applicant called, will send the missing pages.",
  "Site visited, nothing to object.",
  "Fire brigade asked for comment.",
  "Fee paid.",
];
