"""Operations that hide many small parts of the picture, or melt them together."""
