"""Operations on colours: each gives a matrix, and neighbours become one transform."""
