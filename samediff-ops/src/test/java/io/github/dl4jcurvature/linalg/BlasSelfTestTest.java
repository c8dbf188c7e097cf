/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.List;
import java.util.function.Predicate;

import io.github.dl4jcurvature.linalg.BlasKernels.TriangularForm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class BlasSelfTestTest {
    /** With the default routines of some processors this very test fails, which is its purpose. */
    @Test
    void theLibraryOfTheBuildIsRight() {
        assertThat(BlasSelfTest.fault(new OpenBlasKernels())).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dgemm", "dtrmm", "dtrsm", "dpotrf"})
    void aWrongElementIsFoundAndItsRoutineNamed(String routine) {
        assertThat(BlasSelfTest.fault(new Spoilt(routine, 1e-6)))
                .startsWith(routine)
                .contains("of order 160 has a relative error of");
    }

    /** A difference of the size of rounding is none: 1e-13 in one of 25600 elements of size 0.5. */
    @ParameterizedTest
    @ValueSource(strings = {"dgemm", "dtrmm", "dtrsm", "dpotrf"})
    void roundingIsNoFault(String routine) {
        assertThat(BlasSelfTest.fault(new Spoilt(routine, 1e-13))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dgemm", "dtrmm", "dtrsm", "dpotrf"})
    void resultsThatAreNotNumbersAreAFault(String routine) {
        assertThat(BlasSelfTest.fault(new Spoilt(routine, Double.NaN))).startsWith(routine);
    }

    /** Each of the two triangles, from each side, transposed or not, with an error in that one alone. */
    @ParameterizedTest
    @CsvSource({
        "true, true, true, 'left, lower, transposed'",
        "true, true, false, 'left, lower'",
        "true, false, true, 'left, upper, transposed'",
        "true, false, false, 'left, upper'",
        "false, true, true, 'right, lower, transposed'",
        "false, true, false, 'right, lower'",
        "false, false, true, 'right, upper, transposed'",
        "false, false, false, 'right, upper'"
    })
    void everyTriangularFormIsTried(boolean left, boolean lower, boolean transposed, String name) {
        TriangularForm form = new TriangularForm(left, lower, transposed);
        assertThat(BlasSelfTest.fault(new Spoilt("dtrmm", 1e-6, form::equals)))
                .startsWith("dtrmm " + name + " of order 160");
        assertThat(BlasSelfTest.fault(new Spoilt("dtrsm", 1e-6, form::equals)))
                .startsWith("dtrsm " + name + " of order 160");
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void everyFormOfTheProductIsTried(boolean transposeA, boolean transposeB) {
        List<Boolean> form = List.of(transposeA, transposeB);
        assertThat(BlasSelfTest.fault(new Spoilt("dgemm", 1e-6, form::equals))).startsWith("dgemm of order 160");
    }

    /** The largest element is below 60, the norm of the result times a vector of the order of 600: 1e6 exceeds it by far. */
    @Test
    void theErrorIsRelative() {
        String fault = BlasSelfTest.fault(new Spoilt("dgemm", 1e6));
        assertThat(fault).isNotNull();
        double error = Double.parseDouble(fault.substring(fault.lastIndexOf(' ')));
        assertThat(error).isBetween(1e2, 1e5);
    }

    @Test
    void theMessageNamesTheRemedy() {
        assertThat(BlasSelfTest.message("dtrsm errs", null))
                .contains("dtrsm errs", "OPENBLAS_CORETYPE is not set", "OPENBLAS_CORETYPE=HASWELL");
        assertThat(BlasSelfTest.message("dtrsm errs", "COOPERLAKE")).contains("OPENBLAS_CORETYPE is COOPERLAKE");
    }

    /** Adds an error to one element of what one routine computes. */
    private record Spoilt(String routine, double error, Predicate<Object> forms) implements BlasKernels {
        private static final BlasKernels RIGHT = new OpenBlasKernels();

        Spoilt(String routine, double error) {
            this(routine, error, form -> true);
        }

        @Override
        public void multiply(int n, boolean transposeA, double[] a, boolean transposeB, double[] b, double[] c) {
            RIGHT.multiply(n, transposeA, a, transposeB, b, c);
            spoil("dgemm", List.of(transposeA, transposeB), n, c);
        }

        @Override
        public void multiplyTriangular(int n, TriangularForm form, double[] triangular, double[] x) {
            RIGHT.multiplyTriangular(n, form, triangular, x);
            spoil("dtrmm", form, n, x);
        }

        @Override
        public void solveTriangular(int n, TriangularForm form, double[] triangular, double[] x) {
            RIGHT.solveTriangular(n, form, triangular, x);
            spoil("dtrsm", form, n, x);
        }

        @Override
        public void factor(int n, double[] a) {
            RIGHT.factor(n, a);
            spoil("dpotrf", "", n, a);
        }

        private void spoil(String name, Object form, int n, double[] matrix) {
            if (name.equals(routine) && forms.test(form)) {
                matrix[n - 1 + 3 * n] += error;
            }
        }
    }
}
