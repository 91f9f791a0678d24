"""Operations that make one picture of several."""
