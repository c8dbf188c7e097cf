/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.nio.file.Path;
import java.util.List;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.gaussnewton.Study;
import io.github.dl4jcurvature.examples.gaussnewton.StudyData;
import io.github.dl4jcurvature.examples.gaussnewton.StudyMethod;
import io.github.dl4jcurvature.examples.gaussnewton.StudyRegime;

/** Gauss-Newton, Adam and gradient descent in reversible networks: losses, change of a batch's loss, kernels. */
public final class GaussNewtonStudy {
    private static final List<Long> SEEDS = List.of(42L, 43L, 44L);

    private GaussNewtonStudy() {}

    /**
     * Runs the study and prints its tables.
     *
     * @param arguments nothing for the embedded digits, or the directory of the MNIST test files
     */
    public static void main(String[] arguments) {
        boolean digits = arguments.length == 0;
        StudyData data = digits ? StudyData.digits() : StudyData.mnist(Path.of(arguments[0]));
        Study study = new Study(data, SEEDS);
        if (digits) {
            study.run(new StudyRegime("full", 512, true, 60, 1024, 20), StudyMethod.values());
            study.run(new StudyRegime("mini", 250, false, 120, 1024, 20), StudyMethod.values());
        } else {
            study.run(new StudyRegime("full", 512, true, 32, 1024, 5), StudyMethod.values());
            study.run(new StudyRegime("mini", 500, false, 40, 1024, 5), StudyMethod.values());
        }
        System.out.println(Machine.description());
        System.out.println(study.losses());
        System.out.println(study.kernels());
        System.out.println(study.figures());
    }
}
