class Note(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="notes")
    pub = models.ForeignKey(Publisher, models.CASCADE, null=True)
    text = models.CharField(max_length=50)

    def __str__(self):
        return self.text
