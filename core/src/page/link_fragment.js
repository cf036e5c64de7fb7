for (const link of document.querySelectorAll("#providers a")) link.hash = location.hash;
