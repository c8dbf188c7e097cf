/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import io.github.dl4jcurvature.linalg.ConjugateGradients;
import io.github.dl4jcurvature.linalg.LuFactorization;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FuzzTest {
    @Test
    void failureNamesItsSeed() {
        assertThatThrownBy(
                        () -> Fuzz.run(7, 10, drawn -> assertThat(drawn.seed()).isLessThan(9)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Dfuzz.seed=9 -Dfuzz.cases=1");
    }

    @Test
    void casesAreReproducible() {
        assertThat(new FuzzCase(3).array(DataType.DOUBLE, 2, 3))
                .isEqualTo(new FuzzCase(3).array(DataType.DOUBLE, 2, 3));
    }

    @Test
    void changedArgumentsFail() {
        assertThatThrownBy(() -> Fuzz.run(1, 20, drawn -> {
                    INDArray array = drawn.array(DataType.DOUBLE, 2, 2);
                    array.putScalar(0, 1, 12345);
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("memory of an argument");
    }

    @Test
    void refusalsAreCountedByWhoMadeThem() {
        assertThat(Fuzz.run(1, 3, drawn -> LuFactorization.of(drawn.array(DataType.DOUBLE, 2, 3))))
                .isEqualTo(new Fuzz.Outcomes(3, 0));
        assertThat(Fuzz.run(1, 3, drawn -> Integer.parseInt("host"))).isEqualTo(new Fuzz.Outcomes(0, 3));
    }

    @Test
    void exceptionsThatPassThroughTheLibraryFail() {
        ConjugateGradients solver = new ConjugateGradients(3, 0.1);
        INDArray right = Nd4j.ones(DataType.DOUBLE, 2);
        assertThatThrownBy(() -> Fuzz.run(1, 1, drawn -> solver.solve(v -> v.reshape(3, 1), right)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 1 fails");
    }
}
