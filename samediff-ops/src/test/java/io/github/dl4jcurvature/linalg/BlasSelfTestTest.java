/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

    @Test
    void theMessageNamesTheRemedy() {
        assertThat(BlasSelfTest.message("dtrsm errs", null))
                .contains("dtrsm errs", "OPENBLAS_CORETYPE is not set", "OPENBLAS_CORETYPE=HASWELL");
        assertThat(BlasSelfTest.message("dtrsm errs", "COOPERLAKE")).contains("OPENBLAS_CORETYPE is COOPERLAKE");
    }

    /** Adds an error to one element of what one routine computes. */
    private record Spoilt(String routine, double error) implements BlasKernels {
        private static final BlasKernels RIGHT = new OpenBlasKernels();

        @Override
        public void multiply(int n, boolean transposeA, double[] a, boolean transposeB, double[] b, double[] c) {
            RIGHT.multiply(n, transposeA, a, transposeB, b, c);
            spoil("dgemm", n, c);
        }

        @Override
        public void multiplyTriangular(int n, TriangularForm form, double[] triangular, double[] x) {
            RIGHT.multiplyTriangular(n, form, triangular, x);
            spoil("dtrmm", n, x);
        }

        @Override
        public void solveTriangular(int n, TriangularForm form, double[] triangular, double[] x) {
            RIGHT.solveTriangular(n, form, triangular, x);
            spoil("dtrsm", n, x);
        }

        @Override
        public void factor(int n, double[] a) {
            RIGHT.factor(n, a);
            spoil("dpotrf", n, a);
        }

        private void spoil(String name, int n, double[] matrix) {
            if (name.equals(routine)) {
                matrix[n - 1 + 3 * n] += error;
            }
        }
    }
}
