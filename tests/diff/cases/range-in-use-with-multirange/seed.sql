insert into t values ('[1,5)', '{[1,5),[7,9)}');
