"""Operations that cut out, pad or resize: each gives a matrix and the new size."""
