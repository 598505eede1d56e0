"""The kinds of visits: who comes, what the provider writes, how it should be coded.

A service is ``code-modifiers xUNITS @diagnoses | words``.
"""

from __future__ import annotations

from typing import Any

VISITS: list[dict[str, Any]] = [
    {
        "reason": "Sore throat",
        "weight": 12,
        "ages": (3, 64),
        "note": (
            "Sore throat for three days with fever at night, hurts to swallow. No cough.",
            (
                "Temperature 100.9 F. Throat red, tonsils swollen, no patches. Neck glands tender. "
                "Rapid strep test: negative."
            ),
            "Acute pharyngitis, most likely viral.",
            "Fluids, acetaminophen as needed. Come back if it is not better in five days.",
        ),
        "diagnoses": ["J02.9 | Acute pharyngitis"],
        "services": [
            "99213 | Office visit, known patient, low complexity",
            "87880-QW | Rapid strep test",
        ],
    },
    {
        "reason": "Fever and body aches",
        "weight": 7,
        "ages": (2, 90),
        "note": (
            "Fever, chills and aching all over since yesterday. Two people ill at home.",
            "Temperature 102.1 F. Lungs clear. Rapid flu test, type A and B: A positive.",
            "Influenza A.",
            "Oseltamivir for five days, rest, fluids. Stay at home until free of fever for a day.",
        ),
        "diagnoses": ["J10.1 | Influenza A, confirmed"],
        "services": [
            "99213 | Office visit, known patient, low complexity",
            "87804-QW | Rapid flu test, type A",
            "87804-QW-59 | Rapid flu test, type B",
        ],
    },
    {
        "reason": "Diabetes follow-up",
        "weight": 11,
        "ages": (30, 90),
        "note": (
            "Here for diabetes. Takes metformin every day, home sugars 120 to 160. No lows.",
            "Blood pressure 134/82. Feet: skin whole, feeling intact. A1c today 7.4 %.",
            "Type 2 diabetes, fair control. High blood pressure, controlled.",
            "Same medicines, walk 30 minutes a day. Again in three months.",
        ),
        "diagnoses": ["E11.9 | Type 2 diabetes", "I10 | High blood pressure"],
        "services": [
            "99214 @1,2 | Office visit, known patient, moderate complexity",
            "83036-QW | A1c in the office",
        ],
    },
    {
        "reason": "Blood pressure check",
        "weight": 10,
        "ages": (35, 90),
        "note": (
            "Blood pressure follow-up. Home readings around 145. Forgets the evening tablet.",
            "148/90, pulse 76, heart and lungs normal, no swelling.",
            "High blood pressure above target. High cholesterol on a statin.",
            "Lisinopril once in the morning, 20 mg. Labs before the next visit in six weeks.",
        ),
        "diagnoses": ["I10 | High blood pressure", "E78.5 | High cholesterol"],
        "services": [
            "99214 @1,2 | Office visit, known patient, moderate complexity",
            "36415 @1 | Blood draw",
        ],
    },
    {
        "reason": "Chest tightness",
        "weight": 4,
        "ages": (40, 90),
        "minutes": 30,
        "note": (
            "Tight feeling in the chest on stairs twice last week, gone within minutes.",
            "Looks well, 138/84, heart regular, lungs clear. ECG: normal rhythm, no change.",
            "Chest pain, unclear. ECG without acute changes.",
            "Stress test ordered. Emergency room if it comes at rest.",
        ),
        "diagnoses": ["R07.9 | Chest pain"],
        "services": [
            "99214 | Office visit, known patient, moderate complexity",
            "93000 | ECG with reading",
        ],
    },
    {
        "reason": "Knee pain, injection",
        "weight": 5,
        "ages": (45, 90),
        "minutes": 30,
        "note": (
            "Right knee hurts on stairs, worse for two months. Also asks about sleep.",
            (
                "Right knee: small effusion, crepitus. Injected with triamcinolone 40 mg from the "
                "side under clean conditions, tolerated. Sleep reviewed as a problem of its own."
            ),
            "Arthritis of the right knee. Poor sleep.",
            "Ice today, exercises. Sleep diary, no screens after nine. Again in six weeks.",
        ),
        "diagnoses": ["M17.11 | Arthritis of the right knee", "G47.00 | Insomnia"],
        "services": [
            "20610-RT @1 | Right knee joint injected",
            "J3301 x4 @1 | Triamcinolone 40 mg",
            "99213-25 @2 | Office visit about sleep, separate from the injection",
        ],
    },
    {
        "reason": "Cut on the leg",
        "weight": 3,
        "ages": (6, 80),
        "minutes": 30,
        "note": (
            "Cut the right shin on a fence this morning.",
            "Clean 2 cm cut, right lower leg, no tendon seen. Numbed, rinsed, four stitches.",
            "Cut of the right lower leg.",
            "Keep dry for a day, stitches out in ten days. Tetanus is up to date.",
        ),
        "diagnoses": ["S81.811A | Cut of the right lower leg"],
        "services": ["12001 | Simple stitches, 2 cm"],
    },
    {
        "reason": "Tetanus booster",
        "weight": 4,
        "ages": (19, 64),
        "kinds": "commercial medicaid",
        "note": (
            "Asks for the tetanus booster, the last one twelve years ago. Feels well.",
            "No fever. Vaccine given into the left upper arm.",
            "Vaccination.",
            "Sore arm for a day or two is normal.",
        ),
        "diagnoses": ["Z23 | Vaccination"],
        "services": [
            "90715 | Tetanus, diphtheria and whooping cough vaccine",
            "90471 | Vaccine given, first shot",
        ],
        "minutes": 10,
    },
    {
        "reason": "Flu shot",
        "weight": 6,
        "ages": (65, 95),
        "kinds": "medicare",
        "note": (
            "Here for the yearly flu shot. Feels well, no allergy to eggs.",
            "Flu vaccine given into the right upper arm.",
            "Vaccination.",
            "Come back for the pneumonia vaccine in spring.",
        ),
        "diagnoses": ["Z23 | Vaccination"],
        "services": ["90656 | Flu vaccine", "G0008 | Flu vaccine given"],
        "minutes": 10,
    },
    {
        "reason": "Yearly checkup",
        "weight": 5,
        "ages": (40, 64),
        "kinds": "commercial medicaid",
        "minutes": 40,
        "note": (
            "Yearly checkup, no complaints. Works in an office, does not smoke.",
            "Normal examination. Weight stable, blood pressure 122/76.",
            "Healthy adult.",
            "Colon screening due next year. Blood tests drawn.",
        ),
        "diagnoses": ["Z00.00 | Yearly checkup without findings"],
        "services": ["99396 | Yearly checkup", "36415 | Blood draw"],
    },
    {
        "reason": "Medicare wellness visit",
        "weight": 6,
        "ages": (66, 95),
        "kinds": "medicare",
        "minutes": 40,
        "note": (
            "Yearly wellness visit. Lives alone, no falls, cooks for herself or himself.",
            "Memory test normal, list of medicines reviewed, plan for prevention updated.",
            "Wellness visit done.",
            "Shingles vaccine at the pharmacy, bone density in spring.",
        ),
        "diagnoses": ["Z00.00 | Wellness visit"],
        "services": ["G0439 | Later yearly wellness visit"],
    },
    {
        "reason": "Checkup of a child",
        "weight": 6,
        "ages": (5, 11),
        "minutes": 30,
        "kinds": "commercial medicaid",
        "note": (
            "Well-child visit with a parent. Eats well, likes school, sleeps ten hours.",
            "Grows along the same curve. Ears, heart, lungs, belly, spine normal.",
            "Healthy child.",
            "Bicycle helmet and sun protection talked about. Next year again.",
        ),
        "diagnoses": ["Z00.129 | Well-child visit without findings"],
        "services": ["99393 | Well-child visit, age 5 to 11"],
    },
    {
        "reason": "Burning urination",
        "weight": 7,
        "ages": (16, 85),
        "sex": "F",
        "note": (
            "Burning when passing water since two days, has to go often. No fever, no back pain.",
            "Belly soft, flanks not tender. Urine dipstick by machine: white cells, nitrite.",
            "Bladder infection.",
            "Nitrofurantoin for five days. Call if fever comes.",
        ),
        "diagnoses": ["N30.00 | Acute bladder infection"],
        "services": [
            "99213 | Office visit, known patient, low complexity",
            "81003-QW | Urine dipstick, read by machine",
        ],
    },
    {
        "reason": "Warts",
        "weight": 3,
        "ages": (8, 60),
        "kinds": "commercial medicaid",
        "authorized": "SMCD1",
        "note": (
            "Three warts on the left hand that grow. Home remedies did not help.",
            "Three warts on fingers, frozen with liquid nitrogen twice each.",
            "Common warts.",
            "Blisters are normal. Again in three weeks if they are not gone.",
        ),
        "diagnoses": ["B07.9 | Warts"],
        "services": ["17110 | Warts frozen, three"],
    },
    {
        "reason": "Ear feels blocked",
        "weight": 4,
        "ages": (20, 90),
        "note": (
            "Right ear blocked for a week, hears less. Separately: heartburn at night for a month.",
            "Right canal full of hard wax, removed with a curette. Ear drum normal. Belly soft.",
            "Packed ear wax right. Heartburn.",
            "No cotton swabs. Omeprazole for four weeks, last meal three hours before bed.",
        ),
        "diagnoses": ["H61.21 | Ear wax, right", "K21.9 | Heartburn"],
        "services": [
            "69210-RT @1 | Packed wax taken out of the right ear",
            "99213-25 @2 | Office visit about heartburn, separate from the ear",
        ],
    },
    {
        "reason": "Twisted ankle",
        "weight": 4,
        "ages": (10, 70),
        "minutes": 30,
        "note": (
            "Twisted the right ankle on the pavement yesterday, can walk with pain.",
            "Swollen on the outside, tender below the bone. X-ray, three views: no fracture.",
            "Sprain of the right ankle.",
            "Ice, bandage, raise it. Weight as pain allows. Again in two weeks.",
        ),
        "diagnoses": ["S93.401A | Sprain of the right ankle"],
        "services": [
            "99213 | Office visit, known patient, low complexity",
            "73610-RT | X-ray of the right ankle, three views",
        ],
    },
    {
        "reason": "Cough for two weeks",
        "weight": 6,
        "ages": (18, 90),
        "minutes": 30,
        "note": (
            "Cough with yellow phlegm for two weeks, tired, feverish at first.",
            "Crackles at the left base, oxygen 96 %. X-ray, two views: left patch.",
            "Pneumonia.",
            "Amoxicillin for five days. X-ray again in six weeks.",
        ),
        "diagnoses": ["J18.9 | Pneumonia"],
        "services": [
            "99214 | Office visit, known patient, moderate complexity",
            "71046 | Chest X-ray, two views",
        ],
    },
    {
        "reason": "Vitamin B12 shot",
        "weight": 4,
        "ages": (50, 95),
        "minutes": 10,
        "note": (
            "Monthly B12 shot. Feels less tired than in summer.",
            "B12 1,000 mcg into the left deltoid muscle, no reaction.",
            "Vitamin B12 deficiency.",
            "Next shot in four weeks.",
        ),
        "diagnoses": ["E53.8 | Vitamin B12 deficiency"],
        "services": ["96372 | Shot into the muscle", "J3420 | Vitamin B12, 1,000 mcg"],
    },
    {
        "reason": "Low mood",
        "weight": 6,
        "ages": (16, 75),
        "minutes": 30,
        "note": (
            "Low mood and poor sleep for two months since a loss. No thoughts of harm.",
            "Sad, speaks freely. Questionnaire PHQ-9: 14 points.",
            "Depression.",
            "Talking therapy arranged, sertraline 50 mg. Again in four weeks.",
        ),
        "diagnoses": ["F32.A | Depression"],
        "services": [
            "99214 | Office visit, known patient, moderate complexity",
            "96127 | Scored mood questionnaire",
        ],
    },
    {
        "reason": "Low back pain",
        "weight": 7,
        "ages": (20, 80),
        "note": (
            "Low back pain for a week after lifting boxes. No numbness, no weakness.",
            "Muscles tense on both sides, reflexes equal, legs strong.",
            "Low back pain.",
            "Keep moving, heat, ibuprofen with food. Therapy if not better in four weeks.",
        ),
        "diagnoses": ["M54.50 | Low back pain"],
        "services": ["99213 | Office visit, known patient, low complexity"],
    },
    {
        "reason": "Shoulder muscle knots",
        "weight": 2,
        "ages": (25, 70),
        "kinds": "commercial",
        "authorized": "UNMUT",
        "note": (
            "Knots between neck and shoulder that come back, massage helps for a day.",
            "Two tender bands in the left trapezius, injected with lidocaine.",
            "Muscle pain with trigger points.",
            "Stretch daily, better chair at work.",
        ),
        "diagnoses": ["M79.10 | Muscle pain"],
        "services": ["20552 | Trigger points injected, one muscle"],
    },
    {
        "reason": "Skin spots",
        "weight": 3,
        "ages": (55, 92),
        "kinds": "medicare commercial",
        "note": (
            "Rough spots on the forehead and hands.",
            "Three precancerous spots, each frozen with liquid nitrogen.",
            "Actinic keratosis.",
            "Sun hat. Again in half a year.",
        ),
        "diagnoses": ["L57.0 | Precancerous skin spots"],
        "services": ["17000 | First spot frozen", "17003 x2 | Two more spots frozen"],
    },
    {
        "reason": "Thyroid follow-up",
        "weight": 4,
        "ages": (30, 90),
        "note": (
            "Low thyroid, takes levothyroxine every morning. A little tired.",
            "Pulse 68, thyroid not enlarged, skin normal. Blood drawn for TSH.",
            "Low thyroid function.",
            "Same dose until the result is here.",
        ),
        "diagnoses": ["E03.9 | Low thyroid function"],
        "services": [
            "99213 | Office visit, known patient, low complexity",
            "84443 | Thyroid stimulating hormone",
            "36415 | Blood draw",
        ],
    },
]
