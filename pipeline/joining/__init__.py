"""Which candidates are about one thing.

``words`` takes headlines apart, ``wording`` and ``across`` hold two of them against each other in
one language and across two, ``sketch`` their texts, ``links`` what they link; ``evidence`` weighs
all of it to a tie, ``traits`` says what a candidate is found by, and ``partition`` makes stories
of ties. All pure; ``pipeline.stories`` drives them over the store.
"""
