"""Operations that look at the picture's own levels before they change them."""
